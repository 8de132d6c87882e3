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
  #end = 0;
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
   * @returns its number, and what is to be done after the commit
   */
  extend(): { owner: number; committed: () => void } {
    const { queries, clock, leaseMs } = this.#options;
    const now = clock.now();
    const end = now + leaseMs;
    const isFresh = this.#owner !== undefined && this.#end - now > leaseMs / 2;
    if (isFresh) return { owner: this.owner, committed: () => {} };
    const isKept = this.#owner !== undefined && queries.renew(this.#owner, end);
    const owner = isKept ? this.owner : queries.addOwner(end);
    return { owner, committed: () => this.#extended(owner, end) };
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

  #extended(owner: number, end: number): void {
    this.#owner = owner;
    this.#end = end;
  }

  #renewLater(): void {
    // Waits for a third of the lease, so that two renewals may be late before others take over.
    this.#cancelRenewal ??= this.#options.clock.after(this.#options.leaseMs / 3, () => {
      this.#cancelRenewal = undefined;
      if (this.#inHand > 0) this.#renew();
    });
  }

  #renew(): void {
    const { queries, commits, clock, leaseMs } = this.#options;
    const { owner } = this;
    commits.add({
      work: () => {
        const end = clock.now() + leaseMs;
        const isKept = queries.renew(owner, end);
        return () => {
          if (isKept) this.#extended(owner, end);
          this.#renewLater();
        };
      },
      dropped: () => {},
      durable: false,
    });
  }
}
