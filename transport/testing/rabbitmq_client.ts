import { openRabbitmq, type RabbitmqOptions } from "../rabbitmq.ts";
import type { Browser } from "../browser.ts";
import type { Outgoing, PublishOutcome, Transport, TransportEvent } from "../transport.ts";
import { patiently } from "./inbox.ts";

/** Events of one kind. */
type EventOf<K extends TransportEvent["kind"]> = Extract<TransportEvent, { readonly kind: K }>;

/** For tests: a transport of a RabbitMQ, and what happened to it. Disposing closes it. */
export class RabbitmqClient implements AsyncDisposable {
  readonly transport: Transport & Browser;
  /** Everything that happened, in order. */
  readonly events: TransportEvent[] = [];
  #changed = Promise.withResolvers<void>();

  /** @param options how to reach it */
  constructor(options: RabbitmqOptions) {
    this.transport = openRabbitmq({
      ...options,
      onEvent: (event) => {
        this.events.push(event);
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
      },
    });
  }

  /**
   * Opens one that is connected.
   *
   * @param url where the broker is
   * @param options what else to know
   */
  static async open(url: string, options: Partial<RabbitmqOptions> = {}): Promise<RabbitmqClient> {
    const client = new RabbitmqClient({ address: { url }, ...options });
    await client.sees("connected");
    return client;
  }

  /** The events of one kind so far. */
  seen<K extends TransportEvent["kind"]>(kind: K): EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.kind === kind);
  }

  /**
   * Waits for the n-th event of a kind.
   *
   * @param kind which kind
   * @param count n, from 1
   */
  async sees<K extends TransportEvent["kind"]>(kind: K, count: number = 1): Promise<EventOf<K>> {
    const look = async (): Promise<EventOf<K>> => {
      const found = this.seen(kind)[count - 1];
      if (found) return found;
      await this.#changed.promise;
      return await look();
    };
    return await patiently(look(), `event ${count} of kind "${kind}"`);
  }

  /** Publishes texts, each under itself as its identity; gives what became of them. */
  publish(
    queue: string,
    texts: readonly string[],
    more: Partial<Outgoing> = {},
  ): Promise<PublishOutcome[]> {
    return this.transport.publish(texts.map((text) => ({
      queue,
      messageId: text,
      body: new TextEncoder().encode(text),
      ...more,
    })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.transport.close();
  }
}
