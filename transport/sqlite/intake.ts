import type { Clock } from "../clock.ts";
import { type Taker, Takers } from "../takers.ts";
import type { GroupCommit } from "./group_commit.ts";
import type { Hands, Queue } from "./hands.ts";
import type { Lease } from "./lease.ts";
import type { Queries } from "./queries.ts";

/** What an intake stands on. */
export interface IntakeOptions {
  readonly queue: Queue;
  readonly queries: Queries;
  readonly commits: GroupCommit;
  readonly lease: Lease;
  readonly hands: Hands;
  readonly clock: Clock;
  /** How long to go without looking, in milliseconds, when nothing wakes us. */
  readonly pollMs: number;
  /** Is told of queues that gained messages which dead processes held. */
  readonly onGained: (queue: number) => void;
}

/** Bounds of one claim, so that others get their turn, and of the memory it takes. */
const maxClaim = 64;
const maxClaimBytes = 16 * 1024 * 1024;

/**
 * Takes messages from one queue for the consumers of this process: when there is a free place and
 * a message that is due. It looks (a read that blocks nobody) when the queue's bell rings, when a
 * delay or a dead process' lease ends, and now and then; it asks for the write lock only when there
 * is something to take.
 */
export class Intake {
  readonly takers: Takers<Taker> = new Takers();
  readonly #options: IntakeOptions;
  /** Whether there may be a message that is due. */
  #maybeDue = false;
  #claiming = false;
  #releasing = false;
  #stopped = false;
  #cancelLook: () => void = () => {};

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Looks whether something is due, and takes it. */
  look(): void {
    const { queries, clock, queue, lease, commits } = this.#options;
    if (this.#stopped || this.#claiming || this.takers.free === 0) return;
    try {
      const now = clock.now();
      const due = queries.nextDue(queue.id) ?? Infinity;
      const leaseEnd = queries.nextLeaseEnd(queue.id, lease.owner) ?? Infinity;
      if (leaseEnd <= now) this.#releaseExpired();
      if (due <= now) return this.wake();
      this.#maybeDue = false;
      this.#lookAt(leaseEnd <= now ? due : Math.min(due, leaseEnd));
    } catch (error) {
      commits.report(error);
      this.#lookAt(Infinity);
    }
  }

  /** Takes note that something is due. */
  wake(): void {
    this.#maybeDue = true;
    this.fill();
  }

  /** Takes more, if there may be more and a place for it. */
  fill(): void {
    if (this.#stopped || this.#claiming || !this.#maybeDue || this.takers.free === 0) return;
    this.#claiming = true;
    this.#options.commits.add({
      work: () => this.#claim(),
      failed: () => {
        this.#claiming = false;
        this.#lookAt(Infinity);
      },
      dropped: () => {},
      durable: false,
      last: true,
    });
  }

  /** Takes nothing any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancelLook();
  }

  #claim(): () => void {
    const { queries, clock, queue, lease, hands } = this.#options;
    const limit = this.#stopped ? 0 : Math.min(maxClaim, this.takers.free);
    const rows = limit === 0 ? [] : queries.due(queue.id, clock.now(), limit, maxClaimBytes);
    if (rows.length === 0) return () => this.#claimed(limit, 0);
    const owner = lease.extend();
    for (const row of rows) queries.take(row.id, owner);
    return () => {
      lease.keep(owner);
      for (const row of rows) {
        const taker = this.takers.next();
        if (taker) hands.give({ queue, row, owner, taker, onFree: () => this.fill() });
      }
      this.#claimed(limit, rows.length);
    };
  }

  #claimed(limit: number, count: number): void {
    this.#claiming = false;
    if (count === limit) return this.fill();
    this.#maybeDue = false;
    this.look();
  }

  /** Frees what processes held whose lease is over; they are dead, or as good as that. */
  #releaseExpired(): void {
    if (this.#releasing) return;
    this.#releasing = true;
    const { queries, commits, clock, queue, lease, onGained } = this.#options;
    commits.add({
      work: () => {
        const queues = queries.releaseExpired(queue.id, clock.now(), lease.owner);
        return () => {
          this.#releasing = false;
          queues.forEach(onGained);
        };
      },
      dropped: () => {},
      durable: false,
    });
  }

  #lookAt(time: number): void {
    const { clock, pollMs } = this.#options;
    this.#cancelLook();
    const waitMs = Math.max(1, Math.min(pollMs, time - clock.now()));
    // Waits for the next delay or lease to end; a bell that rings meanwhile is heard anyway.
    this.#cancelLook = clock.after(waitMs, () => this.look());
  }
}
