import type { Clock } from "../clock.ts";
import type { GroupCommit } from "./group_commit.ts";
import type { Queries } from "./queries.ts";

/** What a lease stands on. */
export interface LeaseOptions {
  readonly queries: Queries;
  readonly commits: GroupCommit;
  readonly clock: Clock;
  /** How long others wait before they take over what this process holds, in milliseconds. */
  readonly leaseMs: number;
}

/**
 * This process as a holder of messages: an owner's number, valid until its lease ends. One write
 * per interval renews it for everything in hand; nothing is written while nothing is in hand.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #owner: number | undefined;
  #inHand = 0;
  #cancelRenewal: (() => void) | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** The owner's number; 0, which is nobody's, before anything was held. */
  get owner(): number {
    return this.#owner ?? 0;
  }

  /**
   * Makes sure, inside a transaction, that there is an owner whose lease will last.
   *
   * @returns its number; {@linkcode keep} it after the commit
   */
  extend(): number {
    const { queries, clock, leaseMs } = this.#options;
    const now = clock.now();
    const end = queries.leaseEnd(this.owner);
    if (end === undefined) return queries.addOwner(now, now + leaseMs);
    if (end - now < leaseMs / 2) queries.renew(this.owner, now + leaseMs);
    return this.owner;
  }

  /** Takes note of the owner that holds what is taken from here on. */
  keep(owner: number): void {
    this.#owner = owner;
  }

  /** Takes note that one more message is in hand. */
  hold(): void {
    this.#inHand += 1;
    this.#renewLater();
  }

  /** Takes note that a message was settled. */
  release(): void {
    this.#inHand -= 1;
  }

  /** Stops renewing. */
  stop(): void {
    this.#cancelRenewal?.();
    this.#cancelRenewal = undefined;
  }

  #renewLater(): void {
    // Waits for a third of the lease, so that two renewals may be late before others take over.
    this.#cancelRenewal ??= this.#options.clock.after(this.#options.leaseMs / 3, () => {
      this.#cancelRenewal = undefined;
      if (this.#inHand > 0) this.#renew();
    });
  }

  /** Renews what is left to be renewed; a lost owner stays lost, and the next claim finds out. */
  #renew(): void {
    const { queries, commits, clock, leaseMs } = this.#options;
    commits.add({
      work: () => {
        queries.renew(this.owner, clock.now() + leaseMs);
        return () => this.#renewLater();
      },
      dropped: () => {},
      durable: false,
    });
  }
}
