import {
  type Clock,
  type ConsumeOptions,
  type Consumer,
  type Outgoing,
  type PublishOutcome,
  type QueueState,
  type Transport,
  TransportError,
  type TransportEvent,
} from "@asya/transport";
import { askOn } from "./ask.ts";
import type { SimBroker } from "./broker.ts";
import { SimConsumer } from "./broker_consumer.ts";
import type { ClientWatch } from "./client_watch.ts";
import type { Dice } from "./dice.ts";
import type { Life } from "./life.ts";
import type { Link } from "./link.ts";

/** What a client is made of. */
export interface ClientParts {
  readonly broker: SimBroker;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly life: Life;
  readonly watch: ClientWatch;
  readonly onEvent: (event: TransportEvent) => void;
}

/** How long a confirm is waited for, and what is under way when it closes. */
const CONFIRM_LIMIT_MS = 30_000;
const CLOSE_LIMIT_MS = 5_000;

/** One process' way to the simulated broker, with the manners of `transport/rabbitmq.ts`. */
export class SimClient implements Transport {
  readonly #parts: ClientParts;
  readonly #consumers = new Set<SimConsumer>();
  /** Messages held when a connection broke: redelivered to this very process they do not count. */
  readonly #ownHolds = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();
  #link: Link | undefined;
  #next = Promise.withResolvers<Link>();
  #isClosed = false;

  /** @param parts the broker, and who uses it */
  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#next.promise.catch(() => {});
    this.#connectSoon();
  }

  get connected(): boolean {
    return this.#link !== undefined;
  }

  /** Loses the connection; the client notices a while later. */
  cut(noticeMs: number): void {
    this.#link?.cut(noticeMs);
  }

  /** Ends with its process: nothing is said, some bytes were still on their way. */
  kill(): void {
    this.#isClosed = true;
    this.#link?.leave();
  }

  declare(queues: readonly string[]): Promise<void> {
    return this.#parts.life.perform(() => this.ask(() => this.#parts.broker.declare(queues)));
  }

  publish(messages: readonly Outgoing[]): Promise<PublishOutcome[]> {
    const { life } = this.#parts;
    return life.perform(async () => {
      const link = this.#isClosed ? undefined : this.#link;
      const publishing = Promise.all(messages.map((message) => this.#publishOne(link, message)));
      this.#underWay.add(publishing);
      const outcomes = await publishing;
      this.#underWay.delete(publishing);
      return outcomes;
    });
  }

  consume(queue: string, options: ConsumeOptions): Promise<Consumer> {
    const { life, broker, clock, dice, watch, onEvent } = this.#parts;
    return life.perform(async () => {
      watch.onConsume(options.prefetch);
      const consumer = new SimConsumer({
        ...{ broker, clock, dice, life, watch, onEvent, queue, options },
        ready: () => this.ready(),
        ownHolds: this.#ownHolds,
      });
      this.#consumers.add(consumer);
      try {
        await consumer.begin();
      } catch (error) {
        this.#consumers.delete(consumer);
        throw error;
      }
      return consumer;
    });
  }

  inspect(): Promise<QueueState | undefined> {
    return Promise.reject(new TransportError("unreachable", "nobody asks here"));
  }

  close(): Promise<void> {
    const { life, clock } = this.#parts;
    return life.perform(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#next.reject(new TransportError("closed", "the transport is closed"));
      const { promise: over, resolve } = Promise.withResolvers<void>();
      const cancelLimit = clock.after(CLOSE_LIMIT_MS, resolve);
      await Promise.race([Promise.all([...this.#underWay]), over]);
      cancelLimit();
      for (const consumer of this.#consumers) consumer.end();
      this.#link?.leave();
    });
  }

  /** The connection, as soon as there is one. */
  ready(): Promise<Link> {
    if (this.#isClosed) {
      return Promise.reject(new TransportError("closed", "the transport is closed"));
    }
    return this.#link ? Promise.resolve(this.#link) : this.#next.promise;
  }

  /**
   * Asks the broker something, on another connection where one is lost meanwhile.
   *
   * @param question what the broker does
   */
  async ask<T>(question: () => T): Promise<T> {
    while (true) {
      const answered = await askOn(await this.ready(), question);
      if (answered) return answered.answer;
    }
  }

  #publishOne(link: Link | undefined, message: Outgoing): Promise<PublishOutcome> {
    const { broker, clock, watch } = this.#parts;
    watch.onPublish(message);
    const { promise, resolve } = Promise.withResolvers<PublishOutcome>();
    const calledOff: (() => void)[] = [];
    let isKnown = false;
    const know = (outcome: PublishOutcome) => {
      if (isKnown) return;
      isKnown = true;
      for (const callOff of calledOff) callOff();
      watch.onOutcome(message, outcome);
      resolve(outcome);
    };
    if (link === undefined || !link.isOpenAtClient) know("failed");
    else {
      calledOff.push(link.whenLost(() => know("failed")));
      calledOff.push(clock.after(CONFIRM_LIMIT_MS, () => know("failed")));
      link.send(() => {
        const outcome = broker.accept(message);
        clock.after(broker.confirmDelayMs(), () => link.deliver(() => know(outcome)));
      });
    }
    return promise;
  }

  #connectSoon(): void {
    const { broker, clock, dice, onEvent } = this.#parts;
    clock.after(dice.whole("reconnect", 5, 2_000), () => {
      if (this.#isClosed) return;
      const link = broker.connect();
      if (!link) return this.#connectSoon();
      this.#link = link;
      link.whenLost(() => this.#noteLost());
      onEvent({ kind: "connected" });
      this.#next.resolve(link);
      this.#next = Promise.withResolvers<Link>();
      this.#next.promise.catch(() => {});
      for (const consumer of this.#consumers) consumer.restore();
    });
  }

  #noteLost(): void {
    this.#link = undefined;
    for (const consumer of this.#consumers) consumer.lose();
    if (this.#isClosed) return;
    this.#parts.onEvent({ kind: "disconnected", reason: "it was cut", retryInMs: 0 });
    this.#connectSoon();
  }
}
