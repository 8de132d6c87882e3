import type { Outgoing } from "@asya/transport";

/** A message on its way to its queue. */
export interface Parcel {
  readonly jobId: string;
  readonly message: Outgoing;
  /** When its job is over, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** When it came here, in milliseconds since the epoch. */
  readonly addedMs: number;
}

/**
 * The messages for one queue, in order. While the queue cannot be reached, one message at a time is
 * tried, later each time, so that other queues are not held up.
 */
export class OutboxLane {
  readonly queue: string;
  readonly #parcels: Parcel[] = [];
  #taken = 0;
  #failures = 0;
  #waitUntilMs = 0;
  #missingSinceMs: number | undefined;

  constructor(queue: string) {
    this.queue = queue;
  }

  /** Messages that wait; those in flight are not counted. */
  get size(): number {
    return this.#parcels.length;
  }

  get isIdle(): boolean {
    return this.#parcels.length === 0 && this.#taken === 0;
  }

  /** How often in a row the queue could not be reached. */
  get failures(): number {
    return this.#failures;
  }

  /** When the next try may begin, in milliseconds since the epoch. */
  get waitUntilMs(): number {
    return this.#waitUntilMs;
  }

  get isMissing(): boolean {
    return this.#missingSinceMs !== undefined;
  }

  add(parcel: Parcel): void {
    this.#parcels.push(parcel);
  }

  /** Takes what may be tried at this moment; all of it must come back by {@linkcode settle}. */
  take(nowMs: number, limit: number): Parcel[] {
    if (this.#taken > 0 || nowMs < this.#waitUntilMs) return [];
    const parcels = this.#parcels.splice(0, this.#failures > 0 ? Math.min(1, limit) : limit);
    this.#taken = parcels.length;
    return parcels;
  }

  /** Takes note that everything taken was sent. */
  succeed(): void {
    this.#taken = 0;
    this.#failures = 0;
    this.#missingSinceMs = undefined;
  }

  /**
   * Takes note that some of what was taken could not be sent, and puts it back in its place.
   *
   * @param missing whether there is no such queue; otherwise nobody knows
   */
  fail(unsent: readonly Parcel[], missing: boolean, nowMs: number, waitMs: number): void {
    this.#taken = 0;
    this.#parcels.unshift(...unsent);
    this.#failures++;
    this.#waitUntilMs = nowMs + waitMs;
    this.#missingSinceMs = missing ? this.#missingSinceMs ?? nowMs : undefined;
  }

  /** Removes what has waited for a missing queue for too long. */
  removeExpired(nowMs: number, routeWaitMs: number): Parcel[] {
    const since = this.#missingSinceMs ?? Infinity;
    return this.#remove(({ addedMs }) => nowMs - Math.max(since, addedMs) >= routeWaitMs);
  }

  /** Removes what nobody needs any more, since its job is over. */
  removeOverdue(nowMs: number): Parcel[] {
    return this.#remove(({ deadlineMs }) => deadlineMs <= nowMs);
  }

  /** Removes what is not to be sent any more; what is in flight stays. */
  removeJobs(jobIds: ReadonlySet<string>): Parcel[] {
    return this.#remove(({ jobId }) => jobIds.has(jobId));
  }

  #remove(isGone: (parcel: Parcel) => boolean): Parcel[] {
    const gone = this.#parcels.filter(isGone);
    if (gone.length === 0) return gone;
    const kept = this.#parcels.filter((parcel) => !isGone(parcel));
    this.#parcels.splice(0, this.#parcels.length, ...kept);
    return gone;
  }
}
