import type { Channel } from "amqplib";
import type { TransportEvent } from "../transport.ts";
import { describeError, ReplyCode, replyCodeOf } from "./amqp_error.ts";
import { delayQueueName } from "./delay_ladder.ts";
import { delayQueueArguments, queueArguments, type QueueType } from "./queue_arguments.ts";
import type { Session } from "./session.ts";

/** What a topology stands on. */
export interface TopologyOptions {
  /** The exchange that every message is published to. */
  readonly exchange: string;
  /** The type of queues that are made. */
  readonly queueType: QueueType;
  /** Whether the exchange and the delay queues are made where they are missing. */
  readonly create: boolean;
  readonly onEvent: (event: TransportEvent) => void;
}

/** Something on the broker: how it is made, and how it is asked for. */
interface Thing {
  readonly name: string;
  readonly make: (channel: Channel) => Promise<unknown>;
  readonly find: (channel: Channel) => Promise<unknown>;
}

/** How something came to be known; `undefined` when it is not there. */
type Found = "made" | "as_it_is" | undefined;

const durable = { durable: true } as const;

/**
 * The exchanges and queues that this process uses, made once per connection: again after a broker
 * has come back, since it may have come back empty.
 */
export class Topology {
  readonly #options: TopologyOptions;
  /** Queues that were asked for; they are made again on each connection. */
  readonly #queues = new Set<string>();
  /** Exchanges that are there, or are being looked for, on this connection. */
  readonly #findings = new Map<string, Promise<boolean>>();
  readonly #found = new Set<string>();
  /** What was said about each thing, so that it is said once. */
  readonly #told = new Map<string, string>();

  /** @param options what is made, and whom to tell */
  constructor(options: TopologyOptions) {
    this.#options = options;
  }

  /** Makes on a fresh connection all that was there on the one before. */
  async setUp(session: Session): Promise<void> {
    this.forget();
    await this.findExchange(session);
    await this.declare(session, [...this.#queues]);
  }

  /** Forgets which exchanges there are: one of them has turned out to be missing. */
  forget(): void {
    this.#findings.clear();
    this.#found.clear();
  }

  /** Whether an exchange is known to be there. */
  has(exchange: string): boolean {
    return this.#found.has(exchange);
  }

  /**
   * Makes queues, and sees to it that messages reach them.
   *
   * @returns whether all of them can be used
   */
  async declare(session: Session, queues: readonly string[]): Promise<boolean> {
    for (const queue of queues) this.#queues.add(queue);
    let isComplete = await this.findExchange(session);
    for (const queue of queues) {
      if (!await this.#declareQueue(session, queue)) isComplete = false;
    }
    return isComplete;
  }

  /** Whether a queue was asked for by this process. */
  isOwn(queue: string): boolean {
    return this.#queues.has(queue);
  }

  /** Makes sure that the exchange of all messages is there. */
  findExchange(session: Session): Promise<boolean> {
    const { exchange: name } = this.#options;
    return this.#once(name, async () => {
      const found = await this.#provide(session, this.#options.create, {
        name,
        make: (channel) => channel.assertExchange(name, "topic", durable),
        find: (channel) => channel.checkExchange(name),
      });
      return found !== undefined;
    });
  }

  /**
   * Makes sure that messages can wait.
   *
   * @param stepS how long, in seconds
   * @returns the exchange to publish them to; `undefined` where there is none
   */
  async findDelay(session: Session, stepS: number): Promise<string | undefined> {
    const { exchange, queueType } = this.#options;
    const name = delayQueueName(exchange, queueType, stepS);
    return await this.#once(name, () => this.#provideDelay(session, name, stepS))
      ? name
      : undefined;
  }

  /**
   * Takes note that nothing feeds on a delay exchange.
   *
   * @param name the exchange
   */
  noteNoQueue(name: string): void {
    this.forget();
    if (!this.#options.create) this.#tellMissing(name);
  }

  async #provideDelay(session: Session, name: string, stepS: number): Promise<boolean> {
    const { exchange, queueType, create } = this.#options;
    const args = delayQueueArguments(queueType, exchange, stepS);
    const isThere = await this.#provide(session, create, {
      name,
      make: (channel) => channel.assertExchange(name, "fanout", durable),
      find: (channel) => channel.checkExchange(name),
    });
    if (!create && !isThere) this.#tellMissing(name);
    if (!create || !isThere) return isThere !== undefined;
    const found = await this.#provide(session, create, {
      name,
      make: (channel) => channel.assertQueue(name, { ...durable, arguments: args }),
      find: (channel) => channel.checkQueue(name),
    });
    return await this.#bind(session, found, { queue: name, exchange: name, key: "" });
  }

  async #declareQueue(session: Session, name: string): Promise<boolean> {
    const { exchange, queueType } = this.#options;
    const args = queueArguments(queueType, session.brokerVersion);
    const found = await this.#provide(session, true, {
      name,
      make: (channel) => channel.assertQueue(name, { ...durable, arguments: args }),
      find: (channel) => channel.checkQueue(name),
    });
    return await this.#bind(session, found, { queue: name, exchange, key: name });
  }

  /** Lets messages reach a queue; who may not do that to a queue of others trusts its maker. */
  async #bind(
    session: Session,
    found: Found,
    { queue, exchange, key }: { queue: string; exchange: string; key: string },
  ): Promise<boolean> {
    if (found === undefined) return false;
    try {
      await session.onChannel((channel) => channel.bindQueue(queue, exchange, key));
      return true;
    } catch (error) {
      if (found === "as_it_is" && replyCodeOf(error) === ReplyCode.accessRefused) return true;
      this.#refuse(session, queue, error);
      return false;
    }
  }

  /** Makes something, or uses it as it is: made by others otherwise, or not ours to make. */
  async #provide(session: Session, create: boolean, thing: Thing): Promise<Found> {
    if (!create) return await this.#find(session, thing);
    try {
      await session.onChannel(thing.make);
      return "made";
    } catch (error) {
      if (!session.isAlive) throw error;
      const found = await this.#find(session, thing);
      if (found === undefined) this.#refuse(session, thing.name, error);
      else {
        this.#tell({ kind: "queue_used_as_is", queue: thing.name, reason: describeError(error) });
      }
      return found;
    }
  }

  async #find(session: Session, thing: Thing): Promise<Found> {
    try {
      await session.onChannel(thing.find);
      return "as_it_is";
    } catch (error) {
      if (!session.isAlive) throw error;
      return undefined;
    }
  }

  #refuse(session: Session, queue: string, error: unknown): void {
    if (!session.isAlive) throw error;
    this.#tell({ kind: "queue_refused", queue, reason: describeError(error) });
  }

  #tellMissing(queue: string): void {
    this.#tell({
      kind: "queue_refused",
      queue,
      reason: "messages with a delay wait in it, it is not there, and is not to be made here",
    });
  }

  #tell(event: TransportEvent & { readonly queue: string; readonly reason: string }): void {
    const { kind, queue, reason } = event;
    const said = `${kind}: ${reason}`;
    if (this.#told.get(queue) === said) return;
    this.#told.set(queue, said);
    this.#options.onEvent(event);
  }

  /** Provides an exchange once per connection, however many ask for it at a time. */
  async #once(name: string, provide: () => Promise<boolean>): Promise<boolean> {
    const known = this.#findings.get(name);
    if (known) return await known;
    const providing = provide();
    this.#findings.set(name, providing);
    let isThere = false;
    try {
      isThere = await providing;
      return isThere;
    } finally {
      const isCurrent = this.#findings.get(name) === providing;
      if (isCurrent && isThere) this.#found.add(name);
      else if (isCurrent) this.#findings.delete(name);
    }
  }
}
