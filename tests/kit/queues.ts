import { jobIdOf, type Json, parseJson } from "@asya/protocol";
import {
  type Delivery,
  openRabbitmq,
  openSqlite,
  type Outgoing,
  type Transport,
} from "@asya/transport";
import { inTime, poll } from "./poll.ts";
import type { TestVhost } from "./rabbitmq.ts";

/** A message that a test took from a queue. */
export interface Taken {
  readonly body: Uint8Array;
  /** The body's JSON; `null` where it is none. */
  readonly json: Json;
  readonly messageId?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a queue holds. */
export interface QueueContent {
  readonly ready: number;
  readonly unacked: number;
  readonly delayed: number;
}

/** The queues of a mesh, as somebody beside it can use them. */
export class Queues implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #look: (queue: string) => Promise<Partial<QueueContent> | undefined>;

  /**
   * @param transport where they are
   * @param look says what a queue holds, where the transport itself does not know all of it
   */
  constructor(
    transport: Transport,
    look: (queue: string) => Promise<Partial<QueueContent> | undefined> = (queue) =>
      transport.inspect(queue),
  ) {
    this.#transport = transport;
    this.#look = look;
  }

  /**
   * Opens the queues of a vhost. Delayed messages are in delay queues, where they are ready.
   *
   * @param vhost a corner of a RabbitMQ
   */
  static openIn({ name, url, admin }: Pick<TestVhost, "admin" | "name" | "url">): Queues {
    const transport = openRabbitmq({ address: { url } });
    return new Queues(transport, async (queue) => {
      const all = await admin.queues(name);
      return all.find((candidate) => candidate.name === queue);
    });
  }

  /**
   * Opens the queues in a file.
   *
   * @param path the SQLite file
   * @param declare queues that shall exist
   */
  static async open(path: string, declare: readonly string[] = []): Promise<Queues> {
    const transport = await openSqlite({ path });
    await transport.declare(declare);
    return new Queues(transport);
  }

  /**
   * Publishes a body, confirmed.
   *
   * @param queue a queue that exists
   * @param body bytes, or what is to be JSON
   * @param more another message id, headers, a delay
   */
  async publish(
    queue: string,
    body: Uint8Array | Json,
    more: Partial<Outgoing> = {},
  ): Promise<void> {
    await this.publishAll(queue, [body], more);
  }

  /** Publishes many bodies at once. */
  async publishAll(
    queue: string,
    bodies: readonly (Uint8Array | Json)[],
    more: Partial<Outgoing> = {},
  ): Promise<void> {
    const messages = bodies.map((body): Outgoing => ({
      queue,
      body: body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body)),
      messageId: jobIdOf(undefined),
      ...more,
    }));
    const outcomes = await this.#transport.publish(messages);
    const failed = outcomes.find((outcome) => outcome !== "confirmed");
    if (failed) throw new Error(`a publish to ${queue} came to: ${failed}`);
  }

  /**
   * Takes messages from a queue, and acknowledges them.
   *
   * @param queue a queue that exists
   * @param count how many to wait for
   * @param timeoutMs milliseconds for all of them
   */
  async take(queue: string, count = 1, timeoutMs = 15_000): Promise<Taken[]> {
    const taken: Taken[] = [];
    const { promise: full, resolve } = Promise.withResolvers<void>();
    const acks: Promise<void>[] = [];
    const consumer = await this.#transport.consume(queue, {
      prefetch: count,
      onDelivery: (delivery) => {
        if (taken.length === count) return acks.push(delivery.requeue());
        const { body, messageId, headers } = delivery;
        const json = parseJson(body);
        taken.push({ body, json: json.ok ? json.value : null, messageId, headers });
        acks.push(delivery.ack());
        if (taken.length === count) resolve();
      },
    });
    try {
      await inTime(`${count} messages in ${queue}`, full, timeoutMs);
    } catch (error) {
      const states = JSON.stringify(await this.#transport.inspect(queue));
      throw new Error(`${(error as Error).message}; ${taken.length} came, it holds ${states}`);
    } finally {
      await consumer.close();
      await Promise.all(acks);
    }
    return taken;
  }

  /** Takes one message. */
  async takeOne(queue: string, timeoutMs?: number): Promise<Taken> {
    const [taken] = await this.take(queue, 1, timeoutMs);
    return taken!;
  }

  /** Takes messages one by one as they come, until it is disposed of. */
  async consume(
    queue: string,
    onDelivery: (delivery: Delivery) => void,
  ): Promise<AsyncDisposable> {
    const consumer = await this.#transport.consume(queue, { prefetch: 1, onDelivery });
    return { [Symbol.asyncDispose]: () => consumer.close() };
  }

  /** Makes queues exist. */
  async declare(queues: readonly string[]): Promise<void> {
    await this.#transport.declare(queues);
  }

  /** What a queue holds; nothing where there is no such queue. */
  async holds(queue: string): Promise<QueueContent> {
    const { ready = 0, unacked = 0, delayed = 0 } = await this.#look(queue) ?? {};
    return { ready, unacked, delayed };
  }

  /** Waits until queues hold nothing at all, delayed messages included. */
  async waitUntilEmpty(queues: readonly string[], timeoutMs = 15_000): Promise<void> {
    await poll(`empty queues ${queues.join(", ")}`, async () => {
      const states = await Promise.all(queues.map((queue) => this.holds(queue)));
      return states.every(({ ready, unacked, delayed }) => ready + unacked + delayed === 0);
    }, { timeoutMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.close();
  }
}
