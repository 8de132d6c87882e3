/**
 * A client of RabbitMQ that knows nothing of us, and tells everything that AMQP tells of a message.
 *
 * @module
 */
import { type Channel, type ChannelModel, connect, type Options } from "amqplib";
import { Buffer } from "node:buffer";
import { type Json, parseJson } from "@asya/protocol";
import { poll } from "../kit/mod.ts";

/** A message as it came, with all of its properties. */
export interface StrangersMessage {
  readonly body: Uint8Array;
  /** The body's JSON; `null` where it is none. */
  readonly json: Json;
  readonly contentType: unknown;
  readonly deliveryMode: unknown;
  readonly messageId: unknown;
  /** Seconds since 1970. */
  readonly timestamp: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** How queues are declared by existing sidecars: durable, and with no arguments. */
const durable = { durable: true } as const;

/** Somebody else's connection to the broker. */
export class Stranger implements AsyncDisposable {
  readonly #model: ChannelModel;
  readonly #channel: Channel;

  private constructor(model: ChannelModel, channel: Channel) {
    this.#model = model;
    this.#channel = channel;
  }

  /**
   * Connects.
   *
   * @param url where the broker is, with the vhost
   */
  static async connect(url: string): Promise<Stranger> {
    const model = await connect(url);
    try {
      return new Stranger(model, await model.createConfirmChannel());
    } catch (error) {
      await model.close();
      throw error;
    }
  }

  /**
   * Declares a queue and the exchange, and binds it by its own name. Rejects where the broker finds
   * that it exists otherwise.
   *
   * @param queue its name
   * @param options what it is declared with
   */
  async declare(queue: string, options: Options.AssertQueue = durable): Promise<void> {
    await this.#channel.assertExchange("asya", "topic", durable);
    await this.#channel.assertQueue(queue, options);
    await this.#channel.bindQueue(queue, "asya", queue);
  }

  /**
   * Publishes a body to the one exchange.
   *
   * @param queue the routing key
   * @param body bytes, a text as it is, or what is to be JSON
   * @param properties none where nothing is said
   */
  publish(queue: string, body: Uint8Array | Json, properties: Options.Publish = {}): void {
    const bytes = body instanceof Uint8Array
      ? Buffer.from(body)
      : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    this.#channel.publish("asya", queue, bytes, properties);
  }

  /**
   * Waits for a message, and takes it off its queue.
   *
   * @param queue a queue that exists
   * @param timeoutMs milliseconds
   */
  async take(queue: string, timeoutMs?: number): Promise<StrangersMessage> {
    const got = await poll(
      `a message in ${queue}`,
      () => this.#channel.get(queue, { noAck: true }),
      timeoutMs === undefined ? {} : { timeoutMs },
    );
    const { contentType, deliveryMode, messageId, timestamp, headers = {} } = got.properties;
    const body = new Uint8Array(got.content);
    const json = parseJson(body);
    return {
      body,
      json: json.ok ? json.value : null,
      ...{ contentType, deliveryMode, messageId, timestamp, headers },
    };
  }

  /** How many messages a queue holds that can be taken. */
  async count(queue: string): Promise<number> {
    return (await this.#channel.checkQueue(queue)).messageCount;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model.close();
  }
}
