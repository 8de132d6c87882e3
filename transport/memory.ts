import { type Browsed, browseOneByOne, type Browser, type Look } from "./browser.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createDelivery, type Settlement } from "./delivery.ts";
import { MemoryQueue, type StoredMessage } from "./memory_queue.ts";
import { Taker } from "./takers.ts";
import type {
  ConsumeOptions,
  Consumer,
  Outgoing,
  PublishOutcome,
  QueueState,
  Transport,
  TransportEvent,
} from "./transport.ts";
import { closed, unknownQueue } from "./transport_error.ts";

/** A broker inside this process; everything in it ends with the process. */
export interface MemoryBroker {
  /**
   * Opens a client of it.
   *
   * @param onEvent is told what happens to this client
   */
  connect(onEvent?: (event: TransportEvent) => void): Transport & Browser;
  /**
   * Ends a client as a crash would: what it holds goes back, marked redelivered.
   *
   * @param transport a client from {@linkcode MemoryBroker.connect}
   */
  sever(transport: Transport): void;
}

/**
 * Creates a broker inside this process, for tests and for meshes of one process.
 *
 * @param clock tells when a delay is over
 * @example
 * ```ts
 * import { createMemoryBroker } from "@asya/transport";
 * import assert from "node:assert/strict";
 *
 * const broker = createMemoryBroker();
 * const transport = broker.connect();
 * await transport.declare(["ocr"]);
 * const body = new TextEncoder().encode("{}");
 * assert.deepEqual(
 *   await transport.publish([
 *     { queue: "ocr", body, messageId: "m1" },
 *     { queue: "nowhere", body, messageId: "m2" },
 *   ]),
 *   ["confirmed", "unroutable"],
 * );
 * assert.equal((await transport.inspect("ocr"))?.ready, 1);
 * await transport.close();
 * ```
 */
export function createMemoryBroker(clock: Clock = systemClock): MemoryBroker {
  const broker = new Broker(clock);
  const clients = new WeakMap<Transport, MemoryTransport>();
  return {
    connect: (onEvent = () => {}) => {
      const client = new MemoryTransport(broker, onEvent);
      clients.set(client, client);
      return client;
    },
    sever: (transport) => clients.get(transport)?.end({ counted: true }),
  };
}

/** The queues, and whose turn it is. */
class Broker {
  readonly queues = new Map<string, MemoryQueue<MemoryTaker>>();
  #sequence = 0;

  constructor(readonly clock: Clock) {}

  put(queue: MemoryQueue<MemoryTaker>, message: Outgoing): void {
    const now = this.clock.now();
    queue.put({
      sequence: this.#sequence++,
      content: { ...message, body: message.body.slice(), headers: { ...message.headers } },
      publishedAt: now,
      availableAt: now + Math.max(0, message.delayMs ?? 0),
      deliveries: 0,
    });
    this.deal(queue);
  }

  /** Hands out what is due to whoever has a free place, in turn. */
  deal(queue: MemoryQueue<MemoryTaker>): void {
    while (queue.takers.free > 0) {
      const message = queue.take();
      if (message === undefined) break;
      const taker = queue.takers.next();
      taker?.client.hold(queue, taker, message);
    }
    queue.whenDue(() => this.deal(queue));
  }
}

class MemoryTaker extends Taker {
  constructor(readonly client: MemoryTransport, options: ConsumeOptions) {
    super(options);
  }
}

class MemoryTransport implements Transport, Browser {
  #open = true;
  readonly #held = new Map<StoredMessage, { queue: MemoryQueue<MemoryTaker>; taker: Taker }>();
  readonly #consumers = new Set<Consumer>();

  constructor(
    private readonly broker: Broker,
    private readonly onEvent: (event: TransportEvent) => void,
  ) {
    this.#emit({ kind: "connected" });
  }

  get connected(): boolean {
    return this.#open;
  }

  declare(queues: readonly string[]): Promise<void> {
    return this.#whileOpen(() => {
      for (const name of queues) {
        if (this.broker.queues.has(name)) continue;
        this.broker.queues.set(name, new MemoryQueue(name, this.broker.clock));
      }
    });
  }

  publish(messages: readonly Outgoing[]): Promise<PublishOutcome[]> {
    return Promise.resolve(messages.map((message) => {
      if (!this.#open) return "failed";
      const queue = this.broker.queues.get(message.queue);
      if (queue === undefined) return "unroutable";
      this.broker.put(queue, message);
      return "confirmed";
    }));
  }

  consume(name: string, options: ConsumeOptions): Promise<Consumer> {
    return this.#whileOpen(() => {
      const queue = this.broker.queues.get(name);
      if (queue === undefined) throw unknownQueue(name);
      const taker = new MemoryTaker(this, options);
      const consumer = this.#createConsumer(queue, taker);
      this.#consumers.add(consumer);
      queue.takers.add(taker);
      this.broker.deal(queue);
      return consumer;
    });
  }

  inspect(name: string): Promise<QueueState | undefined> {
    return this.#whileOpen(() => this.broker.queues.get(name)?.state());
  }

  async browse(name: string, limit: number, look: Look): Promise<Browsed | undefined> {
    const queue = await this.#whileOpen(() => this.broker.queues.get(name));
    if (queue === undefined) return undefined;
    const next = (before?: { readonly message: StoredMessage }) => {
      if (!this.#open) throw closed();
      const message = queue.after(before?.message);
      if (message === undefined) return undefined;
      const { messageId, headers = {}, body } = message.content;
      const timestamp = new Date(message.publishedAt);
      return { message, body: body.slice(), messageId, timestamp, headers };
    };
    return await browseOneByOne(limit, next, look, ({ message }) => {
      queue.drop(message);
      return Promise.resolve();
    });
  }

  close(): Promise<void> {
    this.end({ counted: false });
    return Promise.resolve();
  }

  /** Hands a message that was taken to one of this client's consumers. */
  hold(queue: MemoryQueue<MemoryTaker>, taker: Taker, message: StoredMessage): void {
    this.#held.set(message, { queue, taker });
    const { messageId, headers, body } = message.content;
    taker.hand(createDelivery({
      queue: queue.name,
      body: body.slice(),
      messageId,
      timestamp: new Date(message.publishedAt),
      headers: { ...headers },
      redelivered: message.deliveries > 1,
    }, (how) => this.#settle(queue, message, how)));
  }

  /** Gives back what is in hand and takes no more; `counted` marks it redelivered. */
  end({ counted }: { counted: boolean }): void {
    if (!this.#open) return;
    this.#open = false;
    for (const consumer of this.#consumers) consumer.close();
    for (const [message, { queue }] of this.#held) {
      if (!counted) message.deliveries -= 1;
      queue.put(message);
    }
    const queues = new Set([...this.#held.values()].map(({ queue }) => queue));
    this.#held.clear();
    for (const queue of queues) this.broker.deal(queue);
  }

  #createConsumer(queue: MemoryQueue<MemoryTaker>, taker: MemoryTaker): Consumer {
    const setPaused = (paused: boolean) => {
      taker.paused = paused;
      this.broker.deal(queue);
      return Promise.resolve();
    };
    const consumer: Consumer = {
      pause: () => setPaused(true),
      resume: () => setPaused(false),
      close: () => {
        this.#consumers.delete(consumer);
        queue.takers.remove(taker);
        return setPaused(true);
      },
    };
    return consumer;
  }

  #whileOpen<T>(work: () => T): Promise<T> {
    return Promise.try(() => {
      if (!this.#open) throw closed();
      return work();
    });
  }

  #settle(queue: MemoryQueue<MemoryTaker>, message: StoredMessage, how: Settlement): Promise<void> {
    const hold = this.#held.get(message);
    if (hold === undefined) {
      const { messageId } = message.content;
      this.#emit({ kind: "hold_lost", queue: queue.name, messageId });
      return Promise.resolve();
    }
    this.#held.delete(message);
    hold.taker.held -= 1;
    if (how === "ack") queue.remove(message);
    else queue.put(message);
    this.broker.deal(queue);
    return Promise.resolve();
  }

  /** Tells it later, so that whatever the listener does cannot change what is under way. */
  #emit(event: TransportEvent): void {
    queueMicrotask(() => this.onEvent(event));
  }
}
