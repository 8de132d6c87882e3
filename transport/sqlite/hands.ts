import { createDelivery, type Settlement } from "../delivery.ts";
import type { Taker } from "../takers.ts";
import type { GroupCommit } from "./group_commit.ts";
import type { Lease } from "./lease.ts";
import type { ClaimedRow, Queries } from "./queries.ts";

/** A queue by its number in the file and its name. */
export interface Queue {
  /** Its number. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
}

/** A message that was taken, for whom, and under whose number. */
export interface Hold {
  readonly queue: Queue;
  readonly row: ClaimedRow;
  readonly owner: number;
  readonly taker: Taker;
  /** Is told that the consumer has a free place again. */
  readonly onFree: () => void;
}

/** What the hands stand on. */
export interface HandsOptions {
  readonly queries: Queries;
  readonly commits: GroupCommit;
  readonly lease: Lease;
  /** Is told of a message that was settled too late. */
  readonly onLost: (queue: string, messageId: string) => void;
  /** Is told of a queue that got a message back. */
  readonly onGained: (queue: number) => void;
}

/** Messages in the hands of this process' consumers: how they get there, and how they are settled. */
export class Hands {
  readonly #options: HandsOptions;

  constructor(options: HandsOptions) {
    this.#options = options;
  }

  /** Hands a message that was taken to its consumer. */
  give(hold: Hold): void {
    const { queue, row, taker } = hold;
    this.#options.lease.hold();
    taker.hand(createDelivery({
      queue: queue.name,
      body: row.body,
      messageId: row.messageId,
      timestamp: new Date(row.publishedAt),
      headers: row.headers,
      redelivered: row.deliveries > 0,
    }, (how) => this.#settle(hold, how)));
  }

  #settle({ queue, row, owner, taker, onFree }: Hold, how: Settlement): Promise<void> {
    const { queries, commits, lease, onLost, onGained } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const lost = () => {
      onLost(queue.name, row.messageId);
      resolve();
    };
    const settled = () => {
      if (how === "requeue") onGained(queue.id);
      resolve();
    };
    commits.add({
      work: () => {
        const settle = how === "ack" ? queries.remove : queries.putBack;
        return settle(row.id, owner) ? settled : lost;
      },
      dropped: lost,
      durable: true,
    });
    // The place is free at once: what fills it is taken after this, in the same transaction.
    taker.held -= 1;
    lease.release();
    onFree();
    return promise;
  }
}
