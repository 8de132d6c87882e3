import {
  type AmqpFrame,
  AmqpFrameDecoder,
  AmqpMethod,
  consumedQueue,
  isRedelivery,
  readAck,
} from "./amqp_frames.ts";
import { freePort } from "./free_port.ts";

/** What does not get through. */
export type Kept = "acks" | "confirms" | "nothing";

/** One connection of a client, which a test sees through and can interfere with. */
export class ProxiedConnection {
  /** The queues that the client consumes from. */
  readonly queues = new Set<string>();
  /** Acknowledgements of the client that the broker did not get. */
  acksKept = 0;
  /** Confirms of the broker that the client did not get. */
  confirmsKept = 0;
  /** Messages of the client that the broker got, and that it did not get. */
  publishesPassed = 0;
  publishesKept = 0;
  /** Messages that the broker delivered again. */
  redelivered = 0;
  /** Messages that the client published and the broker has not confirmed to it, by channel. */
  readonly #unconfirmed = new Map<number, Set<number>>();
  readonly #published = new Map<number, number>();
  readonly #ends: readonly Deno.Conn[];
  #isOpen = true;
  #keeps: Kept = "nothing";
  #publishesLeft = Infinity;

  /**
   * @param client the client's end
   * @param broker the broker's end
   */
  constructor(client: Deno.Conn, broker: Deno.Conn) {
    this.#ends = [client, broker];
  }

  /** Whether it lasts. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Messages that the client published and that it knows nothing of. */
  get unconfirmed(): number {
    return [...this.#unconfirmed.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * From here on lets all through but the client's acknowledgements, or the broker's confirms.
   *
   * @param what which of them
   */
  keep(what: Kept): void {
    this.#keeps = what;
  }

  /**
   * Lets so many more messages of the client through, and then nothing that it says.
   *
   * @param count how many
   */
  keepPublishesAfter(count: number): void {
    this.publishesPassed = 0;
    this.#publishesLeft = count;
  }

  /** Ends it. */
  cut(): void {
    this.#isOpen = false;
    for (const end of this.#ends) close(end);
  }

  /** Whether a frame of the client goes on to the broker. */
  passesToBroker(frame: AmqpFrame): boolean {
    if (frame.method === AmqpMethod.consume) this.queues.add(consumedQueue(frame));
    if (frame.method === AmqpMethod.publish) this.#notePublish(frame.channel);
    if (this.publishesKept > 0) return false;
    if (frame.method !== AmqpMethod.ack || this.#keeps !== "acks") return true;
    this.acksKept++;
    return false;
  }

  /** Whether a frame of the broker goes on to the client. */
  passesToClient(frame: AmqpFrame): boolean {
    if (frame.method === AmqpMethod.deliver && isRedelivery(frame)) this.redelivered++;
    if (frame.method !== AmqpMethod.ack) return true;
    if (this.#keeps === "confirms") {
      this.confirmsKept++;
      return false;
    }
    const { tag, isAll } = readAck(frame);
    const tags = this.#unconfirmed.get(frame.channel);
    for (const one of isAll ? [...tags ?? []] : [tag]) if (one <= tag) tags?.delete(one);
    return true;
  }

  #notePublish(channel: number): void {
    if (this.publishesPassed < this.#publishesLeft) this.publishesPassed++;
    else this.publishesKept++;
    const tag = (this.#published.get(channel) ?? 0) + 1;
    this.#published.set(channel, tag);
    const tags = this.#unconfirmed.get(channel) ?? new Set();
    this.#unconfirmed.set(channel, tags.add(tag));
  }
}

/**
 * Stands between clients and a RabbitMQ, and understands what they say: a test can keep back just
 * the acknowledgements or the confirms of one of them.
 */
export class AmqpProxy implements AsyncDisposable {
  readonly port = freePort();
  /** Every connection so far, oldest first. */
  readonly connections: ProxiedConnection[] = [];
  readonly #listener: Deno.TcpListener;
  readonly #targetPort: number;
  readonly #work = new Set<Promise<void>>();

  /** @param targetPort the broker's port on loopback */
  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#follow(this.#accept());
  }

  /**
   * The latest connection that consumes from a queue.
   *
   * @param queue the queue's name
   */
  consumerOf(queue: string): ProxiedConnection | undefined {
    return this.connections.findLast(({ queues }) => queues.has(queue));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.connections) connection.cut();
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) this.#follow(this.#join(client));
  }

  async #join(client: Deno.TcpConn): Promise<void> {
    let broker: Deno.TcpConn;
    try {
      broker = await Deno.connect({ hostname: "127.0.0.1", port: this.#targetPort });
    } catch {
      return close(client); // the broker is away
    }
    // Each frame is written by itself; held back for a fuller packet it would cost 40 ms.
    for (const end of [client, broker]) end.setNoDelay();
    const connection = new ProxiedConnection(client, broker);
    this.connections.push(connection);
    await Promise.all([
      pump(
        client,
        broker,
        new AmqpFrameDecoder("client"),
        (frame) => connection.passesToBroker(frame),
      ),
      pump(
        broker,
        client,
        new AmqpFrameDecoder("broker"),
        (frame) => connection.passesToClient(frame),
      ),
    ]);
    connection.cut();
  }

  #follow(work: Promise<void>): void {
    const followed = work.finally(() => this.#work.delete(followed));
    this.#work.add(followed);
  }
}

async function pump(
  from: Deno.Conn,
  to: Deno.Conn,
  decoder: AmqpFrameDecoder,
  passes: (frame: AmqpFrame) => boolean,
): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
      for (const { bytes } of decoder.push(buffer.subarray(0, size)).filter(passes)) {
        for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
      }
    }
  } catch {
    // One of the two has gone, which ends the other.
  }
  close(from);
  close(to);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It has been closed before.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
