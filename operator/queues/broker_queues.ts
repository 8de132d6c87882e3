import { createHash } from "node:crypto";
import { type Clock, systemClock } from "@asya/transport";
import type { AsyncActor } from "../actor/async_actor.ts";
import type { BrokerSecrets, Queues } from "../reconcile/cluster.ts";
import { QueueBroker } from "./queue_broker.ts";
import { placeQueue, type QueuePlace } from "./queue_place.ts";

/** A connection that nobody has used for so long is closed. */
const IDLE_MS = 60_000;

/** How many connections there are; for one more, the one goes that was not used for longest. */
const MAX_OPEN = 100;

/**
 * How long a broker that says nothing is waited for, and how many may be at a time: whoever looks at
 * actors waits with them. For more there is less patience, so that brokers of one actor that say
 * nothing do not keep the others from being looked at.
 */
const PATIENT = { ms: 5_000, atATime: 4 };
const HASTY_MS = 250;

/** A connection, and how its end is called off. */
interface Open {
  readonly broker: QueueBroker;
  cancelEnd: () => void;
}

/** Declares queues, over one connection for all actors that come to a broker as the same user. */
export class BrokerQueues implements Queues {
  readonly #clock: Clock;
  /** By a hash of where they lead, the one that was used last at the end. */
  readonly #open = new Map<string, Open>();
  #waiting = 0;

  /** @param clock tells when a connection has not been used for a while */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async declare(actor: AsyncActor, secrets: BrokerSecrets): Promise<string | undefined> {
    const placed = placeQueue(actor, secrets);
    switch (placed.kind) {
      case "left_to_others":
        return undefined;
      case "unknown":
        return placed.reason;
      case "declared":
        return await this.#use(placed.place);
    }
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const { cancelEnd } of all) cancelEnd();
    await Promise.all(all.map(({ broker }) => broker.close()));
  }

  async #use({ queue, broker: where }: QueuePlace): Promise<string | undefined> {
    // A hash: it holds the password.
    const key = createHash("sha256").update(JSON.stringify(where)).digest("hex");
    const open: Open = this.#open.get(key) ??
      { broker: new QueueBroker(where, this.#clock), cancelEnd: () => {} };
    this.#open.delete(key);
    this.#open.set(key, open);
    open.cancelEnd();
    this.#endLeastUsed(open);
    const limitMs = this.#waiting < PATIENT.atATime ? PATIENT.ms : HASTY_MS;
    this.#waiting++;
    try {
      return await open.broker.declare(queue, limitMs);
    } finally {
      this.#waiting--;
      if (!open.broker.isBusy && this.#open.get(key) === open) this.#endWhenIdle(key);
    }
  }

  #endLeastUsed(but: Open): void {
    if (this.#open.size <= MAX_OPEN) return;
    const idle = [...this.#open].find(([, open]) => open !== but && !open.broker.isBusy);
    if (!idle) return;
    const [key, { broker, cancelEnd }] = idle;
    cancelEnd();
    this.#open.delete(key);
    // It gives up by itself what does not end in time, and rejects never.
    void broker.close();
  }

  #endWhenIdle(key: string): void {
    const open = this.#open.get(key);
    if (!open) return;
    // Waits for the next actor of this broker: as a rule many come at a time.
    open.cancelEnd = this.#clock.after(IDLE_MS, () => {
      this.#open.delete(key);
      // It gives up by itself what does not end in time, and rejects never.
      void open.broker.close();
    });
  }
}
