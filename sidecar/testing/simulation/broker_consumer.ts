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

/** One asking for messages, and what the broker made of it. */
interface Take {
  /** Resolves to the consumer, where there is one, when the broker has answered. */
  started: Promise<Tag | undefined>;
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
  /** What it takes messages by; what comes by any other goes back. */
  #take: Take | undefined;
  #stopping: Promise<unknown> = Promise.resolve();
  #hasBegun = false;
  #isRestoring = false;

  /** @param parts the queue, and who takes its messages */
  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  /** Takes messages, as soon as the broker can be reached. */
  async begin(): Promise<void> {
    const { ready, queue } = this.#parts;
    while (this.#take === undefined) {
      if (await this.#takeOn(await ready()) === "no queue") {
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
    this.#take = undefined;
  }

  /** Takes messages again where it should and does not. */
  async restore(): Promise<void> {
    const { ready, clock, dice, broker, queue } = this.#parts;
    if (!this.#hasBegun || this.#isRestoring) return;
    this.#isRestoring = true;
    for (let failures = 0; this.#wanted === "take" && this.#take === undefined; failures++) {
      const link = await ready().catch(() => undefined);
      if (!link) break;
      if (failures > 0) await askOn(link, () => broker.declare([queue]));
      await this.#stopping;
      if (this.#wanted !== "take") break;
      if (await this.#takeOn(link) === "taken") continue;
      await new Promise<void>((resolve) =>
        clock.after(dice.whole("consume again", 100, 1_000), resolve)
      );
    }
    this.#isRestoring = false;
  }

  async #takeOn(link: Link): Promise<"taken" | "no queue" | "lost"> {
    const { broker, queue, options: { prefetch } } = this.#parts;
    const asking = askOn(link, () => {
      const tag: Tag | undefined = broker.consume({
        ...{ queue, link, prefetch },
        onMessage: (stored) => tag && this.#receive(take, tag, stored),
        onCancelled: () => this.#noteCancelled(take),
      });
      return tag;
    }, () => broker.flow(queue));
    const take: Take = { started: asking.then((answered) => answered?.answer) };
    this.#take = take;
    const answered = await asking;
    if (answered?.answer && link.isOpenAtClient) return "taken";
    if (this.#take === take) this.#take = undefined;
    return answered ? "no queue" : "lost";
  }

  /** Takes nothing more, at once; resolves when the broker sends nothing more either. */
  async #stop(): Promise<void> {
    const take = this.#take;
    this.#take = undefined;
    if (take) this.#stopping = Promise.all([this.#stopping, this.#cancelInTime(take)]);
    await this.#stopping;
  }

  async #cancelInTime(take: Take): Promise<void> {
    const { clock, broker } = this.#parts;
    const unseen = this.#waiting.splice(0);
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const cancelLimit = clock.after(STOP_LIMIT_MS, resolve);
    const cancelling = take.started.then((tag) => tag && askOn(tag.link, () => broker.cancel(tag)));
    await Promise.race([cancelling, over]);
    cancelLimit();
    for (const [from, stored] of unseen) this.#giveBack(from, stored);
  }

  #noteCancelled(take: Take): void {
    if (this.#take !== take) return;
    this.#take = undefined;
    const { queue, onEvent } = this.#parts;
    onEvent({ kind: "consumer_ended", queue, reason: "the broker cancelled it" });
    this.restore();
  }

  #receive(take: Take, tag: Tag, stored: Stored): void {
    if (this.#take !== take) this.#giveBack(tag, stored);
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
