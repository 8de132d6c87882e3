import { isTerminal, type Job, type JobStatus, updateToWire } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import type { Caller } from "../auth/access.ts";
import { CallerPlaces } from "../auth/caller_places.ts";
import type { Emit } from "../event.ts";
import type { Slice } from "../jobs/feed.ts";
import type { Followers } from "../jobs/follow.ts";
import { JobStream, type StreamParts } from "./job_stream.ts";
import { Rounds } from "./rounds.ts";
import { sseResponse } from "./sse_response.ts";

/** What streams of jobs' updates stand on. */
export interface JobStreamsOptions {
  readonly followers: Followers;
  readonly clock: Clock;
  /** How often a stream says that it is alive. */
  readonly keepAliveMs: number;
  /** How many streams each caller may have open; not set: any number. */
  readonly maxStreamsOfCaller?: number | undefined;
  readonly emit: Emit;
}

/** How long a reader may leave what it was given, before it is let go. */
const STUCK_MS = 5 * 60_000;

/** When readers of a gateway that stops come back: not all at once. */
const COME_BACK_MS = { least: 500, most: 3_500 };

/**
 * Streams of jobs' updates as server-sent events: a job's status as a bare word, every update, and
 * the close behind the last one. Text that is the same for several readers is made once.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class JobStreams {
  readonly #parts: StreamParts;
  readonly #places: CallerPlaces;
  readonly #heads = new Map<JobStatus, Uint8Array>();

  /** @param options what streams stand on */
  constructor({ followers, clock, keepAliveMs, maxStreamsOfCaller, emit }: JobStreamsOptions) {
    this.#places = new CallerPlaces(maxStreamsOfCaller ?? Infinity);
    const keepAlive = toBytes(": keep-alive\n\n");
    const maxVisits = Math.ceil(STUCK_MS / keepAliveMs);
    const slices = new WeakMap<Slice, Uint8Array>();
    this.#parts = {
      followers,
      rounds: new Rounds({
        clock,
        everyMs: keepAliveMs,
        visit: (stream) => stream.visit(keepAlive, maxVisits),
      }),
      toBytes(slice) {
        const bytes = slices.get(slice) ?? toBytes(toText(slice));
        slices.set(slice, bytes);
        return bytes;
      },
      farewell: () => toBytes(`retry: ${comeBackMs()}\n\n`),
      emit,
    };
  }

  /**
   * Answers with a stream.
   *
   * @param job the job as it is
   * @param after number of the last update that the reader has seen, 0 for none
   * @param caller who reads it
   * @returns `undefined` when the caller has as many as it may
   */
  open(job: Job, after: number, caller: Caller): Response | undefined {
    const leave = this.#places.take(caller);
    if (leave === undefined) return undefined;
    const { id: jobId, status, updateCount } = job;
    const head = this.#heads.get(status) ?? toBytes(`event: status\ndata: ${status}\n\n`);
    this.#heads.set(status, head);
    const hasSeenEnd = isTerminal(status) && after === updateCount;
    const start = { jobId, after: hasSeenEnd ? undefined : after, head, leave };
    return sseResponse(new JobStream(this.#parts, start));
  }
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function toText({ jobId, updates, result }: Slice): string {
  return updates.map(({ seq, update }) => {
    const data = JSON.stringify(updateToWire(jobId, update, result));
    return `id: ${seq}\nevent: ${update.kind}\ndata: ${data}\n\n`;
  }).join("");
}

function comeBackMs(): number {
  const { least, most } = COME_BACK_MS;
  return Math.round(least + Math.random() * (most - least));
}
