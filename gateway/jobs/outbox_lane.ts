import type { Outgoing } from "@asya/transport";

/** A message on its way to its queue. */
export interface Parcel {
  readonly jobId: string;
  readonly message: Outgoing;
  /** When its job is over, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** When it came here, in milliseconds that have elapsed. */
  readonly addedMs: number;
}

/** A message that could not be published by itself: maybe it is at fault, and not the queue. */
interface Suspect {
  readonly parcel: Parcel;
  readonly failures: number;
  readonly waitUntilMs: number;
}

/** What was taken from a lane, and has no outcome yet. */
interface Taken {
  readonly count: number;
  /** Set where it was a suspect: how often it had failed before. */
  readonly suspectedFor?: number;
}

/**
 * The messages for one queue, in order. While the queue cannot be reached, one message at a time is
 * tried, later each time, so that other queues are not held up. One that failed by itself goes by
 * itself from then on: a broker that refuses it drops all that are on their way with it.
 *
 * What waits is measured in milliseconds that have elapsed, since nobody sets that clock back.
 */
export class OutboxLane {
  readonly queue: string;
  readonly #parcels: Parcel[] = [];
  #suspects: Suspect[] = [];
  #taken: Taken | undefined;
  #failures = 0;
  #waitUntilMs = 0;
  #missingSinceMs: number | undefined;

  /** @param queue its name */
  constructor(queue: string) {
    this.queue = queue;
  }

  get isIdle(): boolean {
    return this.#parcels.length + this.#suspects.length === 0 && this.#taken === undefined;
  }

  /** How often in a row the queue could not be reached, or what was taken could not be sent. */
  get failures(): number {
    return this.#taken?.suspectedFor ?? this.#failures;
  }

  /** How many wait since the queue could not be reached, or since they are suspects. */
  get stuck(): number {
    return this.#suspects.length + (this.#failures > 0 ? this.#parcels.length : 0);
  }

  /** When the next try may begin, in milliseconds that have elapsed; never, where nothing waits. */
  get waitUntilMs(): number {
    if (this.#parcels.length > 0) return this.#waitUntilMs;
    return Math.min(Infinity, ...this.#suspects.map(({ waitUntilMs }) => waitUntilMs));
  }

  get isMissing(): boolean {
    return this.#missingSinceMs !== undefined;
  }

  /** Whether what is taken next must be published by itself. */
  get goesAlone(): boolean {
    return this.#parcels.length === 0 || (this.#failures > 0 && !this.isMissing);
  }

  add(parcel: Parcel): void {
    this.#parcels.push(parcel);
  }

  /** Takes what may be tried at this moment; its outcome must be told before more is taken. */
  take(nowMs: number, limit: number): Parcel[] {
    if (this.#taken) return [];
    const parcels = nowMs < this.#waitUntilMs
      ? []
      : this.#parcels.splice(0, this.#failures > 0 ? Math.min(1, limit) : limit);
    if (parcels.length > 0) {
      this.#taken = { count: parcels.length };
      return parcels;
    }
    const at = this.#suspects.findIndex(({ waitUntilMs }) => waitUntilMs <= nowMs);
    const [suspect] = at < 0 || this.#parcels.length > 0 ? [] : this.#suspects.splice(at, 1);
    if (!suspect) return [];
    this.#taken = { count: 1, suspectedFor: suspect.failures };
    return [suspect.parcel];
  }

  /** Takes note that everything taken was sent. */
  succeed(): void {
    this.#taken = undefined;
    this.#failures = 0;
    this.#waitUntilMs = 0;
    this.#missingSinceMs = undefined;
  }

  /**
   * Takes note that some of what was taken could not be sent, and puts it back.
   *
   * @param missing whether there is no such queue; otherwise nobody knows
   */
  fail(unsent: readonly Parcel[], missing: boolean, nowMs: number, waitMs: number): void {
    const { count = 0, suspectedFor } = this.#taken ?? {};
    const waitUntilMs = nowMs + waitMs;
    const wasAlone = suspectedFor !== undefined || (count === 1 && this.#failures > 0);
    this.#taken = undefined;
    this.#missingSinceMs = missing ? this.#missingSinceMs ?? nowMs : undefined;
    if (wasAlone && !missing) {
      const failures = (suspectedFor ?? 0) + 1;
      this.#suspects.push(...unsent.map((parcel) => ({ parcel, failures, waitUntilMs })));
    } else this.#parcels.unshift(...unsent);
    // One that is suspected says nothing about the queue.
    if (suspectedFor !== undefined && !missing) return;
    this.#failures++;
    this.#waitUntilMs = waitUntilMs;
  }

  /** Removes what has waited for a missing queue for too long. */
  removeExpired(nowMs: number, routeWaitMs: number): Parcel[] {
    const since = this.#missingSinceMs ?? Infinity;
    return this.#remove(({ addedMs }) => nowMs - Math.max(since, addedMs) >= routeWaitMs);
  }

  /**
   * Removes what nobody needs any more, since its job is over.
   *
   * @param nowMs milliseconds since the epoch
   */
  removeOverdue(nowMs: number): Parcel[] {
    return this.#remove(({ deadlineMs }) => deadlineMs <= nowMs);
  }

  /** Removes what is not to be sent any more; what is in flight stays. */
  removeJobs(jobIds: ReadonlySet<string>): Parcel[] {
    return this.#remove(({ jobId }) => jobIds.has(jobId));
  }

  #remove(isGone: (parcel: Parcel) => boolean): Parcel[] {
    const waiting = [...this.#parcels, ...this.#suspects.map(({ parcel }) => parcel)];
    const gone = waiting.filter(isGone);
    if (gone.length === 0) return gone;
    const kept = this.#parcels.filter((parcel) => !isGone(parcel));
    this.#parcels.splice(0, this.#parcels.length, ...kept);
    this.#suspects = this.#suspects.filter(({ parcel }) => !isGone(parcel));
    return gone;
  }
}
