import {
  formatTraceparent,
  isSampled,
  parseTraceparent,
  type Span,
  type Tracing,
} from "@asya/program";
import { SENT_HEADER } from "@asya/protocol";
import { messagingAttributes, type MessagingSystem, type Outgoing } from "@asya/transport";
import type { Publisher } from "./outbox.ts";

/** What sends are traced with. */
export interface SendsOptions {
  readonly tracing: Tracing;
  /** What carries the messages. */
  readonly system: MessagingSystem;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly now: () => number;
}

/** A message that is to be sent. */
export interface ToSend {
  readonly queue: string;
  readonly jobId: string;
  /** Its headers; their `traceparent` says whose part it is. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `traceparent` of the work that it does again, where it does. */
  readonly again?: string | undefined;
}

/** A message on its way: its headers, and the span of its way where one is recorded. */
export interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  readonly span?: Span;
}

/**
 * The spans of jobs' first messages on their way to their queues: from the call until the broker has
 * confirmed them. Of what is not recorded there is no span, and nothing is kept.
 */
export class Sends {
  readonly #options: SendsOptions;
  /** Spans of messages in hand; what is sent by another process, or never, is forgotten. */
  readonly #spans = new WeakMap<Outgoing, Span>();

  /** @param options what they are traced with */
  constructor(options: SendsOptions) {
    this.#options = options;
  }

  /** Begins one; what receives the message goes on from the headers that it answers with. */
  begin({ queue, jobId, headers, again }: ToSend): Sending {
    const { tracing, system } = this.#options;
    const parent = parseTraceparent(headers.traceparent);
    if (!parent || !isSampled(parent)) return { headers };
    const earlier = parseTraceparent(again);
    const span = tracing.start(`send ${queue}`, {
      kind: "producer",
      parent,
      links: earlier && isSampled(earlier) ? [earlier] : [],
      attributes: {
        ...messagingAttributes(system, "send", queue),
        "messaging.message.conversation_id": jobId,
      },
    });
    return { headers: { ...headers, traceparent: formatTraceparent(span.context) }, span };
  }

  /** Takes note of the message that was made, and is stored. */
  follow({ span }: Sending, message: Outgoing): void {
    if (!span) return;
    span.set({
      "messaging.message.id": message.messageId ?? "",
      "messaging.message.body.size": message.body.length,
    });
    this.#spans.set(message, span);
  }

  /** Takes note of a message whose queue never came. */
  fail(message: Outgoing): void {
    const span = this.#spans.get(message);
    span?.fail("unroutable");
    span?.end();
  }

  /**
   * A publisher that ends the spans of what it has sent, and says in it when that was.
   *
   * @param publisher what sends
   */
  endIn(publisher: Publisher): Publisher {
    return {
      publish: async (messages) => {
        const outcomes = await publisher.publish(messages.map((message) => this.#stamp(message)));
        outcomes.forEach((outcome, index) => {
          const message = messages[index];
          if (message && outcome === "confirmed") this.#spans.get(message)?.end();
        });
        return outcomes;
      },
    };
  }

  #stamp(message: Outgoing): Outgoing {
    if (!this.#spans.has(message)) return message;
    const sent = { [SENT_HEADER]: String(this.#options.now()) };
    return { ...message, headers: { ...message.headers, ...sent } };
  }
}
