/** A message on its way to a queue. */
export interface Outgoing {
  /** The queue it goes to. */
  readonly queue: string;
  /** Its bytes; they must stay as they are until the outcome is known. */
  readonly body: Uint8Array;
  /** Identity of this message (see `messageIdOf` of `@asya/protocol`). */
  readonly messageId: string;
  /** Transport headers: trace context and the like. Values are text, together at most 60 KiB. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before the queue shows it to anybody. */
  readonly delayMs?: number;
}

/**
 * What became of one published message.
 *
 * - `confirmed`: the queue has it, durably.
 * - `unroutable`: there is no such queue; nothing has it.
 * - `failed`: nobody knows (a connection broke before the confirm); publish it again.
 */
export type PublishOutcome = "confirmed" | "unroutable" | "failed";

/** A message taken from a queue; it stays the queue's until it is settled. */
export interface Delivery {
  /** The queue it was taken from. */
  readonly queue: string;
  /** Its bytes, the consumer's own. */
  readonly body: Uint8Array;
  /** The identity that its publisher gave it. */
  readonly messageId?: string;
  /** When it was published, where the publisher said so. */
  readonly timestamp?: Date;
  /** Transport headers: trace context and the like. Those that are not text are left out. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Whether somebody held it before and never settled it. A message that this very process held
   * when its own connection broke, or gave back unseen, does not count; one that it held for longer
   * than the broker waits does.
   */
  readonly redelivered: boolean;
  /**
   * Removes it from the queue. Resolves when the queue knows; over AMQP, which has no answer to it,
   * when it is on its way. When the hold is lost (a connection broke, a lease ended, the transport
   * closed) it does nothing but emit `hold_lost`; once settled, settling again does nothing at all.
   * Never rejects.
   */
  ack(): Promise<void>;
  /** Gives it back, to be delivered again (marked redelivered); otherwise as {@linkcode ack}. */
  requeue(): Promise<void>;
}

/** How to take messages from a queue. */
export interface ConsumeOptions {
  /** Messages held unsettled at a time, 1 or more. */
  readonly prefetch: number;
  /** Takes one message; is called in the order of the queue, and must not throw. */
  readonly onDelivery: (delivery: Delivery) => void;
}

/** A running consumer of one queue. Deliveries in hand stay valid while it is paused. */
export interface Consumer {
  /** Stops taking: once it resolves nothing more comes. What is in hand can still be settled. */
  pause(): Promise<void>;
  /** Takes again. */
  resume(): Promise<void>;
  /** Stops for good; what is in hand can still be settled until the transport closes. */
  close(): Promise<void>;
}

/**
 * What a queue holds. Only `ready` is known to every broker: AMQP's one question about a queue is
 * answered with its ready messages and its consumers, and a delayed message is in a queue that it
 * shares with the delayed messages of all others.
 */
export interface QueueState {
  /** Messages waiting to be taken, delayed ones not counted. */
  readonly ready: number;
  /** Messages taken and not settled, where the broker tells. */
  readonly unacked?: number;
  /** Messages whose delay is not over, where the broker tells. */
  readonly delayed?: number;
  /** Consumers that take messages from it, where the broker tells. */
  readonly consumers?: number;
}

/** What happens to a transport that its user may want to log, count or show. */
export type TransportEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "disconnected"; readonly reason: string; readonly retryInMs: number }
  | { readonly kind: "queue_used_as_is"; readonly queue: string; readonly reason: string }
  /** A queue can be neither made nor used; it is tried again. */
  | { readonly kind: "queue_refused"; readonly queue: string; readonly reason: string }
  /** The broker ended a consumer (its queue was deleted, say); it is begun again. */
  | { readonly kind: "consumer_ended"; readonly queue: string; readonly reason: string }
  /** The broker ended what is published by; all that was not confirmed has failed. */
  | { readonly kind: "publisher_ended"; readonly reason: string }
  /** The broker is short of memory or disk: it takes no messages until it is `unblocked`. */
  | { readonly kind: "blocked"; readonly reason: string }
  | { readonly kind: "unblocked" }
  | { readonly kind: "hold_lost"; readonly queue: string; readonly messageId?: string }
  /** New messages of other processes are found by polling, within a second: watching failed. */
  | { readonly kind: "polling"; readonly reason: string };

/** Every kind of {@linkcode TransportEvent}, for whoever counts them. */
export const TRANSPORT_EVENT_KINDS = [
  "connected",
  "disconnected",
  "queue_used_as_is",
  "queue_refused",
  "consumer_ended",
  "publisher_ended",
  "blocked",
  "unblocked",
  "hold_lost",
  "polling",
] as const satisfies readonly TransportEvent["kind"][];

/**
 * The broker's edge: durable queues with confirms, prefetch, acknowledgement and delay.
 *
 * Every implementation passes the one suite in `testing/transport_suite.ts`. What is rejected is a
 * `TransportError` with a `code`.
 */
export interface Transport {
  /** Whether the broker can be reached at this moment. */
  readonly connected: boolean;
  /**
   * Makes queues exist, as they are where they exist already. Waits for the broker, for ever.
   *
   * @throws {TransportError} `closed`
   */
  declare(queues: readonly string[]): Promise<void>;
  /**
   * Publishes in order, confirmed; one outcome per message, in the same order. Never rejects: what
   * cannot reach the broker, or is published after {@linkcode close}, is `failed`.
   */
  publish(messages: readonly Outgoing[]): Promise<PublishOutcome[]>;
  /**
   * Takes messages from a queue that exists. Waits for the broker, for ever.
   *
   * @throws {TransportError} `unknown_queue`, `unusable` where the broker refuses it, `closed`
   */
  consume(queue: string, options: ConsumeOptions): Promise<Consumer>;
  /**
   * What a queue holds, or `undefined` when there is none.
   *
   * @throws {TransportError} `unreachable`, `closed`
   */
  inspect(queue: string): Promise<QueueState | undefined>;
  /**
   * Waits for what is under way, ends every consumer and gives back, uncounted where the broker
   * can, what is in hand. Closing again does nothing.
   */
  close(): Promise<void>;
}
