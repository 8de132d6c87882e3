import { isTerminal, type Json } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import type { NumberedUpdate } from "./stored_job.ts";

/** Where a job's updates come from. */
export interface UpdateSource {
  /** Updates after a number, in order; `undefined` for an unknown job. */
  updatesAfter(
    jobId: string,
    seq: number,
    limit: number,
  ): Promise<readonly NumberedUpdate[] | undefined>;
  /** Tells when there may be more of them; returns a function that ends it. */
  watch(jobId: string, listener: () => void): () => void;
}

/** Some updates of a job, one behind the other; all who wait for them are given the same one. */
export interface Slice {
  readonly jobId: string;
  readonly updates: readonly NumberedUpdate[];
  /** What came of the job, where its end is among them and somebody wants to show it. */
  readonly result?: Json | undefined;
}

/** Why a reader is told that there will be no more: all were taken, the job is gone, we stop. */
export type EndOfFeed = "complete" | "gone" | "released";

/** Somebody who reads a job's updates at a pace of its own; its methods must not throw. */
export interface Reader {
  /** Whether the job's result is wanted with its end. */
  readonly wantsResult: boolean;
  /** Takes the next updates; there are no others until it asks for them. */
  take(slice: Slice): void;
  /** Is told, once, that there will be no more. */
  end(why: EndOfFeed): void;
}

/** What feeds stand on. */
export interface FeedOptions {
  readonly source: UpdateSource;
  /** Reads what came of a job. */
  readonly readResult: (jobId: string) => Promise<Json | undefined>;
  /** Is told that the store could not be read; it is asked again. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
}

/** Updates read at once. */
const MAX_UPDATES = 32;

/** Size of what is handed on at once, in characters, a single update aside. */
const MAX_CHARS = 64 * 1024;

/** About what an update takes besides the chunk of a result that it may carry, in characters. */
const UPDATE_CHARS = 300;

/** How long to wait for a store that could not be read. */
const RETRY_MS = 1_000;

/** A reader's place in a job's updates. */
export class Following {
  readonly reader: Reader;
  readonly #feed: Feed;
  /** Number of the last update that was taken. */
  seq: number;
  /** Whether it waits for news, for the store, or for nothing. */
  waitsFor: "nothing" | "news" | "store" = "nothing";
  /** How often there had been news when there was nothing more to take; 0 while nobody knows. */
  upToDateAt = 0;
  /** How many updates to read at once: fewer where they are large. */
  limit = MAX_UPDATES;
  #isOver = false;

  constructor(feed: Feed, reader: Reader, after: number) {
    this.#feed = feed;
    this.reader = reader;
    this.seq = after;
  }

  /** Whether nothing more will come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Asks for the next updates; the reader is given them as soon as there are any. */
  ask(): void {
    if (!this.#isOver && this.waitsFor === "nothing") this.#feed.serve(this);
  }

  /** Follows no longer; the reader is told nothing more. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#feed.remove(this);
  }

  /** Follows no longer, and tells the reader why. */
  end(why: EndOfFeed): void {
    if (this.#isOver) return;
    this.close();
    this.reader.end(why);
  }
}

/** A read of the store that is under way. */
interface Read {
  readonly after: number;
  readonly limit: number;
  /** How often there had been news when it began. */
  readonly news: number;
  readonly waiting: Following[];
}

/**
 * One job's updates for all who follow it: each of them gets every one once, in order, when it asks
 * for more. Those who are at the same place share one read; nothing is kept between the store and
 * them.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #jobId: string;
  readonly #all = new Set<Following>();
  readonly #unwatch: () => void;
  readonly #onEmpty: () => void;
  #reads: Read[] = [];
  /** How often there may have been more updates. */
  #news = 1;
  #cancelRetry: (() => void) | undefined;

  /** @param onEmpty is told when the last reader has gone */
  constructor(options: FeedOptions, jobId: string, onEmpty: () => void) {
    this.#options = options;
    this.#jobId = jobId;
    this.#onEmpty = onEmpty;
    this.#unwatch = options.source.watch(jobId, () => this.#onNews());
  }

  /**
   * Adds a reader.
   *
   * @param after number of the last update that it has seen
   */
  add(reader: Reader, after: number): Following {
    const following = new Following(this, reader, after);
    this.#all.add(following);
    return following;
  }

  /** Gives a reader more updates, now or when there are any. */
  serve(following: Following): void {
    if (following.upToDateAt === this.#news) following.waitsFor = "news";
    else this.#read(following);
  }

  /** Forgets a reader. */
  remove(following: Following): void {
    this.#all.delete(following);
    if (this.#all.size > 0) return;
    this.#cancelRetry?.();
    this.#unwatch();
    this.#onEmpty();
  }

  /** Ends it for all. */
  release(): void {
    for (const following of [...this.#all]) following.end("released");
  }

  #onNews(): void {
    this.#news++;
    for (const following of this.#all) {
      if (following.waitsFor === "news") this.#read(following);
    }
  }

  #read(following: Following): void {
    following.waitsFor = "store";
    const { seq: after, limit } = following;
    // A read that began before the last news may have missed it.
    const shared = this.#reads.find((read) => read.after === after && read.news === this.#news);
    if (shared) {
      shared.waiting.push(following);
      return;
    }
    const read = { after, limit, news: this.#news, waiting: [following] };
    this.#reads.push(read);
    this.#answer(read);
  }

  async #answer(read: Read): Promise<void> {
    const { source, onError } = this.#options;
    const { after, limit, waiting } = read;
    let slice: Slice | undefined;
    let isAll = false;
    try {
      const updates = await source.updatesAfter(this.#jobId, after, limit);
      this.#reads = this.#reads.filter((one) => one !== read);
      slice = updates && await this.#toSlice(updates, waiting);
      isAll = slice?.updates.length === updates?.length;
    } catch (error) {
      this.#reads = this.#reads.filter((one) => one !== read);
      onError(error);
      return this.#retryLater(waiting);
    }
    const isUpToDate = isAll && (slice?.updates.length ?? 0) < limit;
    // All in one turn of the event loop: what a reader does next would hold up those behind it.
    for (const following of waiting) {
      if (following.isOver) continue;
      following.waitsFor = "nothing";
      following.upToDateAt = isUpToDate ? read.news : 0;
      following.limit = isAll ? Math.min(MAX_UPDATES, limit * 2) : slice?.updates.length ?? limit;
      if (slice === undefined) following.end("gone");
      else give(following, slice);
    }
  }

  /** As much of some updates as is handed on at once, and what is shown with the end. */
  async #toSlice(
    updates: readonly NumberedUpdate[],
    waiting: readonly Following[],
  ): Promise<Slice> {
    const slice = { jobId: this.#jobId, updates: fitting(updates) };
    const isWanted = isEnd(slice) && waiting.some(({ reader }) => reader.wantsResult);
    return isWanted ? { ...slice, result: await this.#options.readResult(this.#jobId) } : slice;
  }

  /** Lets readers stay until the store is there again. */
  #retryLater(waiting: readonly Following[]): void {
    for (const following of waiting) following.waitsFor = "news";
    if (this.#all.size === 0) return;
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#cancelRetry = undefined;
      this.#onNews();
    });
  }
}

function give(following: Following, slice: Slice): void {
  const last = slice.updates.at(-1);
  if (last === undefined) return following.ask();
  following.seq = last.seq;
  following.reader.take(slice);
  if (isEnd(slice)) following.end("complete");
}

function isEnd({ updates }: Slice): boolean {
  const last = updates.at(-1);
  return last !== undefined && isTerminal(last.update.status);
}

/** As many of some updates as are handed on at once: at least one, if there is one. */
function fitting(updates: readonly NumberedUpdate[]): readonly NumberedUpdate[] {
  let chars = 0;
  const end = updates.findIndex(({ update: { partial } }, index) => {
    chars += UPDATE_CHARS + (partial === undefined ? 0 : JSON.stringify(partial).length);
    return index > 0 && chars > MAX_CHARS;
  });
  return end === -1 ? updates : updates.slice(0, end);
}
