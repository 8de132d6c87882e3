/**
 * A sidecar as existing fleets run it: one message and one exchange at a time, replies read as Go
 * reads them, headers and fields that it does not know dropped on the way.
 *
 * @module
 */
import { type Channel, type ChannelModel, connect, type ConsumeMessage } from "amqplib";
import { Buffer } from "node:buffer";
import { type Json, parseMessage, TERMINAL_QUEUES } from "@asya/protocol";
import { exchange, type GoReplyItem, parseGoReply } from "../kit/mod.ts";

/** What an existing sidecar knows of a message. */
interface KnownMessage {
  readonly job_id: string;
  readonly route: GoReplyItem["route"];
  readonly payload: unknown;
}

/** A sidecar of an existing fleet, at one queue. */
export class GoSidecar implements AsyncDisposable {
  readonly #model: ChannelModel;
  readonly #channel: Channel;
  readonly #socketPath: string;
  #working: Promise<void> = Promise.resolve();

  private constructor(model: ChannelModel, channel: Channel, socketPath: string) {
    this.#model = model;
    this.#channel = channel;
    this.#socketPath = socketPath;
  }

  /**
   * Declares its queue and begins to take messages.
   *
   * @param url where the broker is
   * @param queue its queue
   * @param socketPath its host's socket
   */
  static async start(url: string, queue: string, socketPath: string): Promise<GoSidecar> {
    const model = await connect(url);
    const channel = await model.createConfirmChannel();
    const sidecar = new GoSidecar(model, channel, socketPath);
    await channel.assertExchange("asya", "topic", { durable: true });
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, "asya", queue);
    await channel.prefetch(1);
    await channel.consume(queue, (message) => {
      if (message) sidecar.#working = sidecar.#carry(message);
    });
    return sidecar;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#working;
    await this.#model.close();
  }

  async #carry(message: ConsumeMessage): Promise<void> {
    const known = readKnown(message.content);
    if (!known) this.#fail(message, "msg_parsing_error", { message: "bad", type: "ValueError" });
    else this.#sendOn(message, known, await this.#ask(message.content));
    this.#channel.ack(message);
  }

  async #ask(body: Uint8Array): Promise<GoReplyItem[]> {
    const end = await exchange(this.#socketPath, new Uint8Array(body));
    if (end.kind !== "reply") throw new Error("the host did not answer");
    const reply = parseGoReply(end.body);
    if (!reply.ok) throw new Error(reply.error);
    return reply.items;
  }

  #sendOn(message: ConsumeMessage, known: KnownMessage, items: readonly GoReplyItem[]): void {
    if (items.length === 0) this.#publish(TERMINAL_QUEUES.happyEnd, message.content);
    for (const { error, details, payload, route } of items) {
      if (error !== "") {
        this.#fail(message, error, details, known.job_id);
        continue;
      }
      const current = route.current + 1;
      const { job_id } = known;
      const body = { job_id, route: { ...route, current }, payload } as unknown as Json;
      this.#publish(route.steps[current] ?? TERMINAL_QUEUES.happyEnd, encode(body));
    }
  }

  #fail(message: ConsumeMessage, error: string, error_details: unknown, job_id?: string): void {
    const original_message = message.content.toString("utf8");
    const envelope = { ...(job_id && { job_id }), error, error_details, original_message };
    this.#publish(TERMINAL_QUEUES.errorEnd, encode(envelope as Json));
  }

  #publish(queue: string, body: Buffer): void {
    this.#channel.publish("asya", queue, body, {
      contentType: "application/json",
      persistent: true,
    });
  }
}

function readKnown(body: Uint8Array): KnownMessage | undefined {
  const parsed = parseMessage(new Uint8Array(body));
  if (!parsed.ok) return undefined;
  const { jobId, route: { steps, current, metadata }, payload } = parsed.message;
  return { job_id: jobId, route: { steps: [...steps], current, metadata }, payload };
}

function encode(value: Json): Buffer {
  return Buffer.from(JSON.stringify(value));
}
