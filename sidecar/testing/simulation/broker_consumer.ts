import {
  type Clock,
  type ConsumeOptions,
  type Consumer,
  type Delivery,
  TransportError,
  type TransportEvent,
} from "@asya/transport";
import type { SimBroker, Stored, Tag } from "./broker.ts";
import { askOn } from "./ask.ts";
import type { ClientWatch } from "./client_watch.ts";
import type { Dice } from "./dice.ts";
import type { Life } from "./life.ts";
import type { Link } from "./link.ts";

/** What a consumer is made of. */
export interface ConsumerParts {
  readonly broker: SimBroker;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly life: Life;
  readonly watch: ClientWatch;
  readonly onEvent: (event: TransportEvent) => void;
  readonly queue: string;
  readonly options: ConsumeOptions;
  /** The connection, as soon as there is one. */
  readonly ready: () => Promise<Link>;
  /** Messages that this process held when a connection broke. */
  readonly ownHolds: Set<string>;
}

/** How long the broker may take to stop sending. */
const STOP_LIMIT_MS = 5_000;

/** A consumer that begins again after whatever ends it, as that of `transport/rabbitmq` does. */
export class SimConsumer implements Consumer {
  readonly #parts: ConsumerParts;
  readonly #held = new Map<Stored, Tag>();
  /** Sent beyond the prefetch, which the broker counts for each tag anew. */
  readonly #waiting: [Tag, Stored][] = [];
  #wanted: "take" | "pause" | "close" = "take";
  #tag: Tag | undefined;
  #starting: Promise<unknown> = Promise.resolve();
  #hasBegun = false;
  #isRestoring = false;
  #mayHand = false;

  /** @param parts the queue, and who takes its messages */
  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  /** Takes messages, as soon as the broker can be reached. */
  async begin(): Promise<void> {
    const { ready, queue } = this.#parts;
    while (this.#tag === undefined) {
      const starting = this.#takeOn(await ready());
      this.#starting = starting;
      if (await starting === "no queue") {
        throw new TransportError("unknown_queue", `there is no queue "${queue}"`);
      }
    }
    this.#hasBegun = true;
  }

  async pause(): Promise<void> {
    await this.#parts.life.perform(async () => {
      if (this.#wanted === "take") this.#wanted = "pause";
      await this.#stop();
    });
  }

  async resume(): Promise<void> {
    await this.#parts.life.perform(() => {
      if (this.#wanted === "pause") this.#wanted = "take";
      this.restore();
      return Promise.resolve();
    });
  }

  async close(): Promise<void> {
    await this.#parts.life.perform(async () => {
      this.#wanted = "close";
      await this.#stop();
    });
  }

  /** Ends with its transport; what it holds goes back with the connection. */
  end(): void {
    this.#wanted = "close";
    this.lose();
  }

  /** The connection is lost, and with it everything that was held. */
  lose(): void {
    const { ownHolds, watch } = this.#parts;
    for (const stored of this.#held.keys()) watch.onHoldLost(stored);
    for (const stored of [...this.#held.keys(), ...this.#waiting.map(([, waiting]) => waiting)]) {
      ownHolds.add(keyOf(stored));
    }
    this.#held.clear();
    this.#waiting.length = 0;
    this.#tag = undefined;
  }

  /** Takes messages again where it should and does not. */
  async restore(): Promise<void> {
    const { ready, clock, dice, broker, queue } = this.#parts;
    if (!this.#hasBegun || this.#isRestoring) return;
    this.#isRestoring = true;
    for (let failures = 0; this.#wanted === "take" && this.#tag === undefined; failures++) {
      const link = await ready().catch(() => undefined);
      if (!link) break;
      if (failures > 0) await askOn(link, () => broker.declare([queue]));
      if (this.#wanted !== "take") break;
      const starting = this.#takeOn(link);
      this.#starting = starting;
      if (await starting === "taken") break;
      await new Promise<void>((resolve) =>
        clock.after(dice.whole("consume again", 100, 1_000), resolve)
      );
    }
    this.#isRestoring = false;
  }

  async #takeOn(link: Link): Promise<"taken" | "no queue" | "lost"> {
    const { broker, queue, options: { prefetch } } = this.#parts;
    this.#mayHand = true;
    const answered = await askOn(link, () => {
      const tag: Tag | undefined = broker.consume({
        ...{ queue, link, prefetch },
        onMessage: (stored) => tag && this.#receive(tag, stored),
        onCancelled: () => tag && this.#noteCancelled(tag),
      });
      return tag;
    }, () => broker.flow(queue));
    if (!answered || !link.isOpenAtClient) return "lost";
    this.#tag = answered.answer;
    return this.#tag ? "taken" : "no queue";
  }

  async #stop(): Promise<void> {
    const { broker, clock } = this.#parts;
    await this.#starting;
    const tag = this.#tag;
    this.#tag = undefined;
    if (tag) {
      const { promise: over, resolve } = Promise.withResolvers<void>();
      const cancelLimit = clock.after(STOP_LIMIT_MS, resolve);
      await Promise.race([askOn(tag.link, () => broker.cancel(tag)), over]);
      cancelLimit();
    }
    this.#mayHand = false;
    for (const [from, stored] of this.#waiting.splice(0)) this.#giveBack(from, stored);
  }

  #noteCancelled(tag: Tag): void {
    if (this.#tag !== tag) return;
    this.#tag = undefined;
    const { queue, onEvent } = this.#parts;
    onEvent({ kind: "consumer_ended", queue, reason: "the broker cancelled it" });
    this.restore();
  }

  #receive(tag: Tag, stored: Stored): void {
    if (!this.#mayHand) this.#giveBack(tag, stored);
    else if (this.#held.size >= this.#parts.options.prefetch) this.#waiting.push([tag, stored]);
    else this.#hand(tag, stored);
  }

  #hand(tag: Tag, stored: Stored): void {
    const { queue, options, ownHolds, watch, life } = this.#parts;
    const { outgoing: { body, messageId, headers = {} }, publishedMs, isRedelivered } = stored;
    this.#held.set(stored, tag);
    let settled: Promise<void> | undefined;
    const delivery: Delivery = {
      ...{ queue, body, headers },
      ...(messageId !== "" && { messageId }),
      timestamp: new Date(Math.floor(publishedMs / 1_000) * 1_000),
      redelivered: isRedelivered && !ownHolds.delete(keyOf(stored)),
      ack: () => settled ??= this.#settle(tag, stored, delivery, true),
      requeue: () => settled ??= this.#settle(tag, stored, delivery, false),
    };
    queueMicrotask(() => {
      if (life.isOver) return;
      watch.onHanded(stored, delivery);
      options.onDelivery(delivery);
    });
  }

  #settle(tag: Tag, stored: Stored, delivery: Delivery, isDone: boolean): Promise<void> {
    const { life, watch, broker, onEvent, queue } = this.#parts;
    return life.perform(() => {
      // The same message may have come again since, by another connection.
      const isHeld = this.#held.get(stored) === tag;
      watch.onSettle(delivery, isDone, isHeld);
      if (isHeld) {
        this.#held.delete(stored);
        if (isDone) tag.link.send(() => broker.ack(tag, stored));
        else this.#giveBack(tag, stored);
        const next = this.#waiting.shift();
        if (next) this.#hand(...next);
      } else onEvent({ kind: "hold_lost", queue, messageId: stored.outgoing.messageId });
      return Promise.resolve();
    });
  }

  #giveBack(tag: Tag, stored: Stored): void {
    tag.link.send(() => this.#parts.broker.nack(tag, stored));
  }
}

/** As the real client knows a message, which may have come in several copies. */
function keyOf({ outgoing: { messageId }, number }: Stored): string {
  return messageId || String(number);
}
