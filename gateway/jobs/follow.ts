import { isTerminal } from "@asya/protocol";
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

/** Updates read at once: all that a slow reader can hold in memory. */
const SLICE = 32;

/** Everybody who follows a job at this moment. */
export class Followers {
  readonly #source: UpdateSource;
  readonly #open = new Set<JobFollower>();
  #isClosed = false;

  constructor(source: UpdateSource) {
    this.#source = source;
  }

  /**
   * Begins to follow a job.
   *
   * @param after number of the last update that the reader has seen
   */
  follow(jobId: string, after = 0): JobFollower {
    const follower = new JobFollower(this.#source, jobId, after, () => this.#open.delete(follower));
    this.#open.add(follower);
    if (this.#isClosed) follower.close();
    return follower;
  }

  /** Ends them all, and whoever comes later at once. */
  close(): void {
    this.#isClosed = true;
    for (const follower of this.#open) follower.close();
  }
}

/**
 * Reads a job's updates at the reader's own pace: every one once, in order, from the store. Nothing
 * is buffered between the store and the reader.
 */
export class JobFollower {
  readonly #source: UpdateSource;
  readonly #jobId: string;
  readonly #unwatch: () => void;
  readonly #onClose: () => void;
  #seq: number;
  #isFresh = true;
  #isOver = false;
  #wake: () => void = () => {};

  /**
   * @param after number of the last update that the reader has seen
   * @param onClose is told that it is over
   */
  constructor(source: UpdateSource, jobId: string, after = 0, onClose: () => void = () => {}) {
    this.#source = source;
    this.#jobId = jobId;
    this.#seq = after;
    this.#onClose = onClose;
    this.#unwatch = source.watch(jobId, () => {
      this.#isFresh = true;
      this.#wake();
    });
  }

  /**
   * The next updates.
   *
   * @param idleMs how long to wait for them
   * @returns `"idle"` when none came in that time, `"over"` when none will ever come
   */
  async next(idleMs: number): Promise<readonly NumberedUpdate[] | "idle" | "over"> {
    while (!this.#isOver) {
      if (!this.#isFresh && !await this.#news(idleMs)) return "idle";
      this.#isFresh = false;
      const updates = await this.#source.updatesAfter(this.#jobId, this.#seq, SLICE);
      if (updates === undefined) this.close();
      const last = updates?.at(-1);
      if (this.#isOver || !updates || !last) continue;
      this.#seq = last.seq;
      if (isTerminal(last.update.status)) this.close();
      else this.#isFresh = true;
      return updates;
    }
    return "over";
  }

  /** Stops following; whoever waits is told that it is over. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unwatch();
    this.#wake();
    this.#onClose();
  }

  /** Waits for news, or for the reader's patience to end. */
  #news(idleMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), idleMs);
    this.#wake = () => resolve(true);
    return promise.finally(() => clearTimeout(timer));
  }
}

/**
 * Reads a job's updates until there are no more.
 *
 * @param follower follows the job; it is closed in the end
 * @param onUpdate is told of each update, and may take its time
 * @param gone aborts when the reader has gone away
 */
export async function readToEnd(
  follower: JobFollower,
  onUpdate: (update: NumberedUpdate) => Promise<void>,
  gone?: AbortSignal,
): Promise<void> {
  const close = () => follower.close();
  if (gone?.aborted) close();
  gone?.addEventListener("abort", close);
  try {
    for (;;) {
      const updates = await follower.next(60_000);
      if (updates === "over") return;
      for (const update of updates === "idle" ? [] : updates) await onUpdate(update);
    }
  } finally {
    gone?.removeEventListener("abort", close);
    close();
  }
}
