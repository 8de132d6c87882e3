import type { Browsed, Browser, Look } from "./browser.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type AddressParts, createAddress } from "./rabbitmq/broker_address.ts";
import { describeError } from "./rabbitmq/amqp_error.ts";
import { browseQueue } from "./rabbitmq/browse_queue.ts";
import { openSession, type TlsFiles } from "./rabbitmq/connect.ts";
import { inTime } from "./rabbitmq/in_time.ts";
import { Link } from "./rabbitmq/link.ts";
import { OwnHolds } from "./rabbitmq/own_holds.ts";
import { Publishing } from "./rabbitmq/publishing.ts";
import type { QueueType } from "./rabbitmq/queue_arguments.ts";
import { QueueConsumer } from "./rabbitmq/queue_consumer.ts";
import type { Session } from "./rabbitmq/session.ts";
import { Topology } from "./rabbitmq/topology.ts";
import type {
  ConsumeOptions,
  Consumer,
  Outgoing,
  PublishOutcome,
  QueueState,
  Transport,
  TransportEvent,
} from "./transport.ts";
import { closed, TransportError } from "./transport_error.ts";

/** How to reach and use a RabbitMQ. */
export interface RabbitmqOptions {
  /** Where it is, and who comes to it. */
  readonly address: AddressParts;
  /** PEM files for `amqps`; they are read at each connection. */
  readonly tls?: TlsFiles;
  /** The topic exchange that every message is published to; `asya` where nothing is said. */
  readonly exchange?: string;
  /** The type of queues that are made; `classic` where nothing is said. */
  readonly queueType?: QueueType;
  /** Whether the exchange and delay queues are made where they are missing; as a rule they are. */
  readonly create?: boolean;
  /** Bytes that are written and not confirmed at a time; 64 MiB where nothing is said. */
  readonly maxInFlightBytes?: number;
  /** Milliseconds that a confirm is waited for; 30 s where nothing is said. */
  readonly confirmLimitMs?: number;
  /** Is told what happens; must not throw. */
  readonly onEvent?: (event: TransportEvent) => void;
  /** Tells when something takes too long. */
  readonly clock?: Clock;
  /** Gives numbers in [0, 1). */
  readonly random?: () => number;
}

/** A queue that has lost its majority, or its leader, confirms nothing and refuses nothing. */
const DEFAULT_CONFIRM_LIMIT_MS = 30_000;

/** How long a transport that closes waits for the last confirms, and for a connection to end. */
const CLOSE_LIMIT_MS = 5_000;

/** How long the answer to a question about a queue is waited for. */
const INSPECT_LIMIT_MS = 5_000;

/** Waits between tries to make queues that the broker refuses. */
const DECLARE_RETRY_MS = 5_000;

/**
 * Opens a connection to RabbitMQ, and opens it again for ever: what is asked for in the meantime
 * waits, or has failed, as the contract says. Queues that were declared are declared again on every
 * connection, and consumers go on.
 *
 * @param options where it is, and what else to know
 * @example
 * ```ts
 * import { openRabbitmq } from "@asya/transport";
 * import assert from "node:assert/strict";
 *
 * // Nobody listens there.
 * const transport = openRabbitmq({ address: { url: "amqp://127.0.0.1:1/" } });
 * const body = new TextEncoder().encode("{}");
 * assert.deepEqual(await transport.publish([{ queue: "ocr", body, messageId: "m1" }]), ["failed"]);
 * assert.equal(transport.connected, false);
 * await transport.close();
 * ```
 */
export function openRabbitmq(options: RabbitmqOptions): Transport & Browser {
  return new RabbitmqTransport(options);
}

class RabbitmqTransport implements Transport, Browser {
  readonly #options: RabbitmqOptions;
  readonly #clock: Clock;
  readonly #topology: Topology;
  readonly #link: Link;
  readonly #running: Promise<void>;
  readonly #publishing: Publishing;
  readonly #ownHolds = new OwnHolds();
  readonly #consumers = new Set<QueueConsumer>();
  #browsing: Promise<unknown> = Promise.resolve();
  readonly #stop = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;

  constructor(options: RabbitmqOptions) {
    const { exchange = "asya", clock = systemClock } = options;
    const onEvent = (event: TransportEvent) => this.#emit(event);
    this.#options = options;
    this.#clock = clock;
    this.#topology = new Topology({
      exchange,
      queueType: options.queueType ?? "classic",
      create: options.create ?? true,
      onEvent,
    });
    this.#link = new Link({
      open: (signal) => this.#open(signal),
      setUp: (session) => this.#setUp(session),
      onEvent,
      clock,
      random: options.random ?? Math.random,
    });
    this.#publishing = new Publishing({
      link: this.#link,
      topology: this.#topology,
      exchange,
      clock,
      maxInFlightBytes: options.maxInFlightBytes ?? 64 * 1024 * 1024,
      confirmLimitMs: options.confirmLimitMs ?? DEFAULT_CONFIRM_LIMIT_MS,
      onEvent,
    });
    this.#running = this.#link.start();
  }

  get connected(): boolean {
    return this.#closing === undefined && this.#link.session !== undefined;
  }

  async declare(queues: readonly string[]): Promise<void> {
    while (true) {
      if (this.#closing) throw closed();
      const session = await this.#link.ready();
      try {
        if (await this.#topology.declare(session, queues)) return;
      } catch (error) {
        if (session.isAlive) throw error;
        continue;
      }
      await this.#waitToDeclare();
    }
  }

  publish(messages: readonly Outgoing[]): Promise<PublishOutcome[]> {
    if (this.#closing) return Promise.resolve(messages.map(() => "failed"));
    return this.#publishing.publish(messages);
  }

  async consume(queue: string, consume: ConsumeOptions): Promise<Consumer> {
    const consumer: QueueConsumer = new QueueConsumer({
      link: this.#link,
      queue,
      consume,
      ownHolds: this.#ownHolds,
      restoreQueue: async (session) => {
        if (this.#topology.isOwn(queue)) await this.#topology.declare(session, [queue]);
      },
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      onEvent: (event) => this.#emit(event),
      onClosed: () => this.#consumers.delete(consumer),
    });
    if (this.#closing) throw closed();
    await consumer.begin();
    this.#consumers.add(consumer);
    return consumer;
  }

  async inspect(queue: string): Promise<QueueState | undefined> {
    const session = this.#requireSession();
    try {
      return await inTime(this.#publishing.look(session, queue), INSPECT_LIMIT_MS, this.#clock);
    } catch (error) {
      throw new TransportError("unreachable", describeError(error), { cause: error });
    }
  }

  async browse(queue: string, limit: number, look: Look): Promise<Browsed | undefined> {
    const { random = Math.random } = this.#options;
    const publish = (messages: readonly Outgoing[]) => this.#publishing.publish(messages);
    const options = { queue, limit, publish, clock: this.#clock, random };
    const browsing = this.#browsing.then(() => browseQueue(this.#requireSession(), options, look));
    // One after the other: they would only keep each other away.
    this.#browsing = browsing.catch(() => {});
    return await browsing;
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  #requireSession(): Session {
    if (this.#closing) throw closed();
    const { session } = this.#link;
    if (session) return session;
    throw new TransportError("unreachable", "there is no connection to the broker");
  }

  async #close(): Promise<void> {
    const { session } = this.#link;
    this.#link.stop();
    this.#stop.resolve();
    try {
      await inTime(this.#leave(session), CLOSE_LIMIT_MS, this.#clock);
    } catch {
      session?.abandon("the broker did not answer while the transport was being closed");
    }
    await inTime(this.#running, CLOSE_LIMIT_MS, this.#clock).catch(() => {
      // A connection that is only being opened closes itself when it is open.
    });
  }

  /**
   * Leaves in order. Each channel is closed for itself: the last acks are in its buffer, and closing
   * the connection would overtake them.
   */
  async #leave(session: Session | undefined): Promise<void> {
    await this.#publishing.settled();
    await Promise.all([...this.#consumers].map((consumer) => consumer.end()));
    await this.#publishing.close();
    await session?.close();
  }

  #open(signal: AbortSignal): Promise<Session> {
    return openSession(createAddress(this.#options.address), this.#options.tls ?? {}, signal, {
      clock: this.#clock,
      onBlocked: (reason) => {
        if (reason !== undefined) return this.#emit({ kind: "blocked", reason });
        this.#emit({ kind: "unblocked" });
        this.#publishing.unblock();
      },
    });
  }

  async #setUp(session: Session): Promise<void> {
    await this.#topology.setUp(session);
    await this.#publishing.setUp(session);
  }

  /** Waits for a person to change what the broker refuses, or for the end. */
  async #waitToDeclare(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancelTimer = this.#clock.after(DECLARE_RETRY_MS, resolve);
    await Promise.race([promise, this.#stop.promise]);
    cancelTimer();
  }

  /** Tells it later, so that whatever the listener does cannot change what is under way. */
  #emit(event: TransportEvent): void {
    queueMicrotask(() => this.#options.onEvent?.(event));
  }
}
