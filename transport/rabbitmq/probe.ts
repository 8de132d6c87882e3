import { ReplyCode, replyCodeOf } from "./amqp_error.ts";
import type { ChannelHandle } from "./channel_handle.ts";
import type { Session } from "./session.ts";

/** What the broker says of a queue. */
export interface QueueAnswer {
  /** Messages waiting to be taken. */
  readonly ready: number;
  /** Consumers that take messages from it. */
  readonly consumers: number;
}

/** Asks for queues, one after the other, on a channel that lasts until a queue is not there. */
export class Probe {
  readonly #session: Session;
  #handle: ChannelHandle | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param session the connection to ask on */
  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Asks for a queue.
   *
   * @param queue its name
   * @returns what it holds; `undefined` when there is none
   * @throws Error when the connection is lost, or the broker refuses to answer
   */
  look(queue: string): Promise<QueueAnswer | undefined> {
    const looking = this.#last.then(() => this.#look(queue));
    this.#last = looking.catch(() => {});
    return looking;
  }

  async #look(queue: string): Promise<QueueAnswer | undefined> {
    if (!this.#handle?.isOpen) this.#handle = await this.#session.openChannel();
    try {
      const { messageCount, consumerCount } = await this.#handle.channel.checkQueue(queue);
      return { ready: messageCount, consumers: consumerCount };
    } catch (error) {
      if (replyCodeOf(error) === ReplyCode.notFound) return undefined;
      throw error;
    }
  }
}
