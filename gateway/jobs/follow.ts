import {
  type EndOfFeed,
  Feed,
  type FeedOptions,
  type Following,
  type Reader,
  type Slice,
} from "./feed.ts";
import type { NumberedUpdate } from "./stored_job.ts";

/** Everybody who follows a job at this moment. */
export class Followers {
  readonly #options: FeedOptions;
  readonly #feeds = new Map<string, Feed>();
  #isClosed = false;

  /** @param options where updates come from */
  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /**
   * Begins to give a job's updates to a reader that asks for them.
   *
   * @param after number of the last update that the reader has seen
   */
  attach(jobId: string, after: number, reader: Reader): Following {
    const feed = this.#feeds.get(jobId) ?? this.#open(jobId);
    const following = feed.add(reader, after);
    if (this.#isClosed) following.end("released");
    return following;
  }

  /**
   * Begins to follow a job.
   *
   * @param after number of the last update that the reader has seen
   */
  follow(jobId: string, after = 0): JobFollower {
    return new JobFollower(this, jobId, after);
  }

  /** Ends them all, and whoever comes later at once. */
  close(): void {
    this.#isClosed = true;
    for (const feed of [...this.#feeds.values()]) feed.release();
  }

  #open(jobId: string): Feed {
    const feed = new Feed(this.#options, jobId, () => this.#feeds.delete(jobId));
    this.#feeds.set(jobId, feed);
    return feed;
  }
}

/** Follows a job in a loop. */
export class JobFollower implements Reader {
  readonly wantsResult = false;
  readonly #following: Following;
  #isOver = false;
  #answer: (updates: readonly NumberedUpdate[] | "over") => void = () => {};

  /** @param after number of the last update that was seen */
  constructor(followers: Followers, jobId: string, after: number) {
    this.#following = followers.attach(jobId, after, this);
  }

  /** The next updates, `"over"` when there will never be any. */
  next(): Promise<readonly NumberedUpdate[] | "over"> {
    if (this.#isOver) return Promise.resolve("over");
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#following.ask();
    });
  }

  /** Stops following; whoever waits is told that it is over. */
  close(): void {
    this.#following.end("released");
  }

  take({ updates }: Slice): void {
    this.#answer(updates);
  }

  end(_: EndOfFeed): void {
    this.#isOver = true;
    this.#answer("over");
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
    for (let updates = await follower.next(); updates !== "over"; updates = await follower.next()) {
      for (const update of updates) await onUpdate(update);
    }
  } finally {
    gone?.removeEventListener("abort", close);
    close();
  }
}
