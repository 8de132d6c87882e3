import type { Outgoing } from "@asya/transport";
import { type Channel, type ChannelModel, connect } from "amqplib";
import { Buffer } from "node:buffer";
import { poll, type RabbitmqForTests, type TestVhost } from "../../tests/kit/mod.ts";

/** A queue that was watched until so many messages had come. */
export interface Arrival {
  /** How many messages the queue held when the clock was started. */
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

/** Messages that are written and not confirmed at a time when a queue is filled. */
const IN_FLIGHT = 500;

/** Tests have a broker count ten times a second, which costs it time; this is its own default. */
const ORDINARY_STATISTICS = "collect_statistics_interval = 5000";

/** How long a whole measurement may take. */
const LIMIT_MS = 120_000;

/** A broker of the bench's own, to fill queues and to count what comes out. */
export class BenchBroker implements AsyncDisposable {
  /** Where it is, as programs are told. */
  readonly vhost: Pick<TestVhost, "admin" | "name" | "url">;
  /** The id of its process. */
  readonly pid: number;
  readonly connection: ChannelModel;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    vhost: Pick<TestVhost, "admin" | "name" | "url">,
    pid: number,
    connection: ChannelModel,
    stack: AsyncDisposableStack,
  ) {
    this.vhost = vhost;
    this.pid = pid;
    this.connection = connection;
    this.#stack = stack;
  }

  /** Starts a broker that nobody else uses. */
  static async start(rabbitmq: RabbitmqForTests): Promise<BenchBroker> {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await rabbitmq.createServer({ config: [ORDINARY_STATISTICS] }));
    await server.start();
    const pid = Number((await server.control("eval", "os:getpid().")).replaceAll('"', ""));
    // Nobody who is stopped for a while counts as dead.
    const url = `amqp://guest:guest@127.0.0.1:${server.ports.amqp}/?heartbeat=60`;
    const connection = await connect(url, { noDelay: true });
    stack.defer(() => connection.close());
    return new BenchBroker({ name: "/", url, admin: server.admin }, pid, connection, stack.move());
  }

  /**
   * Makes queues, bound as a mesh binds them.
   *
   * @param queues their names
   * @param args what else to say of them, such as `x-max-length`
   */
  async declare(
    queues: readonly string[],
    args: Readonly<Record<string, number>> = {},
  ): Promise<void> {
    const channel = await this.connection.createChannel();
    await channel.assertExchange("asya", "topic", { durable: true });
    for (const queue of queues) {
      await channel.assertQueue(queue, { durable: true, arguments: { ...args } });
      await channel.bindQueue(queue, "asya", queue);
    }
    await channel.close();
  }

  /** Puts messages into a queue, confirmed. */
  async fill(queue: string, count: number, create: () => Outgoing): Promise<void> {
    const channel = await this.connection.createConfirmChannel();
    for (let index = 0; index < count; index++) {
      publish(channel, queue, create());
      if (index % IN_FLIGHT === 0) await channel.waitForConfirms();
    }
    await channel.waitForConfirms();
    await channel.close();
  }

  /** Removes all that is ready in a queue. */
  async purge(queue: string): Promise<void> {
    const channel = await this.connection.createChannel();
    await channel.purgeQueue(queue);
    await channel.close();
  }

  /** How many messages are ready in a queue. */
  async count(queue: string): Promise<number> {
    const channel = await this.connection.createChannel();
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  }

  /**
   * Watches a queue that fills: the clock is started when a share of the messages has come.
   *
   * @param queue nobody takes from it
   * @param count how many come
   * @param warmShare the share, 0 to 1
   * @param onStart is called when the clock is started
   */
  async watch(
    queue: string,
    count: number,
    warmShare: number,
    onStart: () => void = () => {},
  ): Promise<Arrival> {
    const channel = await this.connection.createChannel();
    const reach = (least: number) =>
      poll(`${least} messages in ${queue}`, async () => {
        const { messageCount } = await channel.checkQueue(queue);
        return messageCount >= least && { messageCount, atMs: performance.now() };
      }, { timeoutMs: LIMIT_MS, everyMs: 4 });
    const first = await reach(count * warmShare);
    onStart();
    const last = await reach(count);
    await channel.close();
    return {
      from: first.messageCount,
      to: last.messageCount,
      seconds: (last.atMs - first.atMs) / 1_000,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/**
 * Publishes a message with the properties that a mesh gives it.
 *
 * @param channel any channel
 * @param queue where it goes, whatever the message says
 * @param message the message
 */
export function publish(
  channel: Channel,
  queue: string,
  { body, messageId, headers }: Outgoing,
): void {
  channel.publish("asya", queue, Buffer.from(body.buffer, body.byteOffset, body.length), {
    persistent: true,
    contentType: "application/json",
    timestamp: Math.floor(Date.now() / 1_000),
    messageId,
    headers,
  });
}
