import type { Emit } from "../event.ts";
import type { EndOfFeed, Following, Reader, Slice } from "../jobs/feed.ts";
import type { Followers } from "../jobs/follow.ts";
import type { Rounds } from "./rounds.ts";
import type { SseSource } from "./sse_response.ts";

/** What all streams share. */
export interface StreamParts {
  readonly followers: Followers;
  /** Visits every stream regularly. */
  readonly rounds: Rounds<JobStream>;
  /** The text of some updates; the same for all who are given them. */
  readonly toBytes: (slice: Slice) => Uint8Array;
  /** When a reader comes back that we let go, as the stream's last words. */
  readonly farewell: () => Uint8Array;
  readonly emit: Emit;
}

/** What one stream begins with. */
export interface StreamStart {
  readonly jobId: string;
  /** Number of the last update that the reader has seen; not set: it has seen the end. */
  readonly after: number | undefined;
  /** What the reader is told before everything else. */
  readonly head: Uint8Array;
  /** Is called, once, when the stream is over. */
  readonly leave: () => void;
}

/**
 * Stands between a job's updates and one connection: it asks for more when the connection has taken
 * what there was, so that nothing gathers here.
 */
export class JobStream implements SseSource, Reader {
  readonly wantsResult = true;
  readonly #parts: StreamParts;
  readonly #leaveCaller: () => void;
  #start: StreamStart | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #following: Following | undefined;
  #stop = 0;
  /** Whether the connection has taken everything. */
  #isReady = false;
  /** Visits since it took something, where it has not taken everything. */
  #visits = 0;
  #isOver = false;

  constructor(parts: StreamParts, start: StreamStart) {
    this.#parts = parts;
    this.#start = start;
    this.#leaveCaller = start.leave;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { rounds, emit, followers } = this.#parts;
    this.#controller = controller;
    this.#stop = rounds.add(this);
    emit({ kind: "stream_opened" });
    const { head, after, jobId } = this.#start ?? {};
    this.#start = undefined;
    if (head) this.#write(head);
    if (jobId !== undefined && after !== undefined) {
      this.#following = followers.attach(jobId, after, this);
    } else this.#close();
  }

  pull(): void {
    this.#isReady = true;
    this.#visits = 0;
    this.#following?.ask();
  }

  cancel(): void {
    this.#following?.close();
    this.#leave();
  }

  take(slice: Slice): void {
    this.#write(this.#parts.toBytes(slice));
  }

  end(why: EndOfFeed): void {
    if (why === "released") this.#write(this.#parts.farewell());
    this.#close();
  }

  /**
   * Says that the stream is alive, or lets go of a reader that does not move. What it was given
   * stays with its connection, and so it may go on behind that if it ever comes back.
   *
   * @param maxVisits how many times it may not have moved
   */
  visit(keepAlive: Uint8Array, maxVisits: number): void {
    if (this.#isReady) return this.#write(keepAlive);
    if (++this.#visits < maxVisits) return;
    this.#following?.close();
    this.#close();
  }

  #write(bytes: Uint8Array): void {
    this.#isReady = false;
    this.#controller?.enqueue(bytes);
  }

  #close(): void {
    this.#controller?.close();
    this.#leave();
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { rounds, emit } = this.#parts;
    rounds.remove(this, this.#stop);
    this.#leaveCaller();
    emit({ kind: "stream_closed" });
  }
}
