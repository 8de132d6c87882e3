import type { Job, Json } from "@asya/protocol";
import type { Browsed, Browser, Look, QueueState } from "@asya/transport";
import type { Emit } from "../event.ts";
import type { JobKey, StoredJob, Taken } from "../jobs/stored_job.ts";
import { submit, type SubmitOptions } from "../jobs/submit.ts";
import type { Tool } from "../tools/tool.ts";
import type { DeadLetter } from "./dead_letter.ts";
import { carriedHeaders } from "./carried_headers.ts";
import { letterIdOf } from "./letter_id.ts";
import { type LetterQuery, matches } from "./letter_query.ts";
import {
  type LetterSummary,
  letterToWire,
  type ShownLetter,
  summaryToWire,
} from "./letter_to_wire.ts";
import { parseDeadLetter } from "./parse_dead_letter.ts";
import { planReplay, type ReplayWish } from "./plan_replay.ts";
import { replayKeyOf } from "./replay_key.ts";

/** Where dead letters are. */
export interface LetterQueue extends Browser {
  /** What a queue holds, or `undefined` when there is none. */
  inspect(queue: string): Promise<QueueState | undefined>;
}

/** What dead letters stand on. */
export interface DeadLettersOptions {
  readonly transport: LetterQueue;
  /** The queue that they are in. */
  readonly queue: string;
  /** Finds a job. */
  readonly findJob: (id: string) => Promise<StoredJob | undefined>;
  /** Finds the job that is stored under a key. */
  readonly findKey: (keyId: string) => Promise<Taken | undefined>;
  readonly tools: () => readonly Tool[];
  readonly submit: SubmitOptions;
  readonly createId: () => string;
  readonly emit: Emit;
}

/** Who wants something, and with which headers. */
export interface Asker {
  readonly owner?: string | undefined;
  /** Application headers for the message of a replay. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the wish stands in a trace, if it is part of one. */
  readonly traceparent?: string | undefined;
}

/** A page of letters. */
export interface LetterPage {
  readonly letters: readonly LetterSummary[];
  /** The first letter of the next page, if there is one. */
  readonly next?: string;
  /** How many letters were looked at. */
  readonly scanned: number;
  /** Whether no letter was left out since there are more than are looked at. */
  readonly complete: boolean;
}

/** What came of a replay. */
export type Replayed =
  | { readonly kind: "replayed"; readonly job: Job; readonly payload?: Json }
  | { readonly kind: "gone" }
  | { readonly kind: "needs" | "wrong"; readonly problem: string }
  | { readonly kind: "full" }
  | { readonly kind: "too_large"; readonly bytes: number; readonly maxBytes: number };

/** A letter that was found for a listing. */
interface Listed {
  readonly id: string;
  readonly jobId: string | undefined;
  /** Its summary, as JSON. */
  readonly text: string;
}

/** How many letters are looked at, at most: whoever looks holds them. */
export const MAX_LETTERS = 2_000;

/** How many bytes of letters are looked at, at most. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Jobs that are asked for at a time. */
const JOBS_AT_A_TIME = 64;

/** The letters in the queue for what was given up; they stay there until somebody is done with them. */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  #count: number | undefined;
  #browsing = 0;

  /** @param options what they stand on */
  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  /**
   * How many there are; while they are looked at, how many there were.
   *
   * @returns `undefined` when there is no queue for them
   */
  async count(): Promise<number | undefined> {
    const { transport, queue } = this.#options;
    if (this.#browsing > 0) return this.#count;
    const state = await transport.inspect(queue);
    if (this.#browsing === 0) this.#count = state?.ready;
    return this.#count;
  }

  /** Their queue: what waits in it is how many there are, also while they are looked at. */
  async inspect(): Promise<QueueState | undefined> {
    const ready = await this.count();
    return ready === undefined ? undefined : { ready };
  }

  /**
   * Lists letters, in the order of their queue, the oldest first.
   *
   * @param query which ones
   */
  async list(query: LetterQuery): Promise<LetterPage> {
    const { limit, cursor, tool } = query;
    const found = new Map<string, Listed>();
    let begin = cursor === undefined ? 0 : undefined;
    let bytes = 0;
    let isFull = false;
    const browsed = await this.#browse((message) => {
      bytes += message.body.length;
      const letter = parseDeadLetter(message);
      if (matches(letter, query) && !found.has(letter.id)) {
        if (letter.id === cursor) begin = found.size;
        const { id, jobId } = letter;
        // As text of its own, so that nothing else of the letter stays in memory.
        found.set(id, { id, jobId, text: JSON.stringify(summaryToWire(letter)) });
      }
      isFull = tool === undefined && begin !== undefined && found.size > begin + limit;
      return isFull || bytes >= MAX_BYTES ? "end" : "keep";
    });
    // Where the letter is gone that the page should begin with, nothing is to be left out.
    const rest = [...found.values()].slice(begin ?? 0);
    const page = await this.#take(rest, limit + 1, tool);
    const next = page[limit];
    return {
      letters: page.slice(0, limit).map(({ letter, tool = null }) => ({
        ...JSON.parse(letter.text),
        tool,
      })),
      ...(next && { next: next.letter.id }),
      scanned: browsed?.looked ?? 0,
      complete: isFull || (browsed?.reachedEnd ?? true),
    };
  }

  /**
   * Finds a letter.
   *
   * @param id its id
   * @returns all that is in it
   */
  async find(id: string): Promise<ShownLetter | undefined> {
    let letter: DeadLetter | undefined;
    await this.#browse((message) => {
      if (letterIdOf(message) !== id) return "keep";
      letter = parseDeadLetter({ ...message, body: message.body.slice() });
      return "end";
    });
    return letter && letterToWire(letter, await this.#toolOf(letter));
  }

  /**
   * Makes a new job of a letter, and then takes the letter away. What was replayed the same way
   * before is the same job.
   *
   * @param id the letter's id
   * @param wish from where and with what
   * @param asker who wants it
   */
  async replay(id: string, wish: ReplayWish, asker: Asker): Promise<Replayed> {
    const key = replayKeyOf(id, wish);
    let replayed: Replayed | undefined;
    const replay = async (letter: DeadLetter) => {
      replayed = await this.#replay(letter, wish, key, asker);
      return replayed.kind === "replayed" ? "remove_and_end" : "end";
    };
    await this.#browse((message) => {
      if (letterIdOf(message) !== id) return "keep";
      return replay(parseDeadLetter({ ...message, body: message.body.slice() }));
    });
    if (replayed) return replayed;
    const before = await this.#options.findKey(key.id);
    return before ? { kind: "replayed", job: before.job } : { kind: "gone" };
  }

  /**
   * Takes a letter away for good.
   *
   * @param id its id
   * @param asker who wants it
   * @returns whether there was such a letter
   */
  async purge(id: string, { owner: by, traceparent }: Omit<Asker, "headers">): Promise<boolean> {
    let jobId: string | undefined;
    let isThere = false;
    await this.#browse((message) => {
      if (letterIdOf(message) !== id) return "keep";
      isThere = true;
      ({ jobId } = parseDeadLetter(message));
      return "remove_and_end";
    });
    if (isThere) this.#options.emit({ kind: "letter_purged", letter: id, jobId, by, traceparent });
    return isThere;
  }

  async #replay(
    letter: DeadLetter,
    wish: ReplayWish,
    key: JobKey,
    { owner, headers, traceparent }: Asker,
  ): Promise<Replayed> {
    const { findJob, tools, createId, emit } = this.#options;
    const stored = letter.jobId === undefined ? undefined : await findJob(letter.jobId);
    const plan = planReplay(letter, wish, { stored, tools: tools(), id: createId(), owner });
    if (plan.kind !== "planned") return plan;
    const { job, payload } = plan;
    const all = { ...carriedHeaders(letter.headers), ...headers };
    const again = letter.headers?.traceparent;
    const submitted = await submit(this.#options.submit, job, payload, all, {
      key,
      ...(typeof again === "string" && { again }),
    });
    switch (submitted.kind) {
      case "stored":
      case "repeated":
        emit({
          kind: "letter_replayed",
          letter: letter.id,
          jobId: letter.jobId,
          newJobId: submitted.job.id,
          by: owner,
          traceparent,
        });
        return { kind: "replayed", job: submitted.job, payload };
      case "key_reused":
        throw new TypeError("two ways to replay a letter have one key");
      case "full":
      case "too_large":
        return submitted;
    }
  }

  /** Finds out the tools of some letters; takes so many of them, of one tool where one is given. */
  async #take(
    letters: readonly Listed[],
    count: number,
    wanted: string | undefined,
  ): Promise<{ readonly letter: Listed; readonly tool: string | undefined }[]> {
    const taken: { readonly letter: Listed; readonly tool: string | undefined }[] = [];
    for (let at = 0; at < letters.length && taken.length < count; at += JOBS_AT_A_TIME) {
      const some = await Promise.all(
        letters.slice(at, at + JOBS_AT_A_TIME).map(async (letter) => ({
          letter,
          tool: await this.#toolOf(letter),
        })),
      );
      taken.push(...some.filter(({ tool }) => wanted === undefined || tool === wanted));
    }
    return taken.slice(0, count);
  }

  async #toolOf({ jobId }: { readonly jobId?: string | undefined }): Promise<string | undefined> {
    return jobId === undefined ? undefined : (await this.#options.findJob(jobId))?.job.tool;
  }

  async #browse(look: Look): Promise<Browsed | undefined> {
    const { transport, queue } = this.#options;
    if (this.#count === undefined) await this.count();
    this.#browsing++;
    try {
      return await transport.browse(queue, MAX_LETTERS, look);
    } finally {
      this.#browsing--;
    }
  }
}
