/**
 * What a handler answered, whichever way its host wrote it.
 *
 * @module
 */
import type { Failure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";

/** One message a step wants sent on. */
export interface Output {
  /** What the next step works on. */
  readonly payload: Json;
  /** The payload's JSON as the host wrote it, where it can be sent on without writing it again. */
  readonly payloadText?: string;
  /** The rest of the route as the handler wants it; the steps done so far must be unchanged. */
  readonly steps?: string[];
  /** The `route.current` that came with the steps; it must be the one the step received. */
  readonly current?: number;
  /** The sender's `route.metadata`, where the handler gave one; ours is never taken from here. */
  readonly metadata?: JsonObject;
  /** Replaces the inherited headers. */
  readonly headers?: JsonObject;
  /** Other top-level fields, laid over the inherited ones. */
  readonly extra?: JsonObject;
  /** Milliseconds before the next step may see it. */
  readonly delayMs?: number;
}

/** One message a terminal actor wants published. */
export interface Send {
  /** Name of the queue it goes to. */
  readonly queue: string;
  /** A whole message … */
  readonly message?: JsonObject;
  /** … or a body that goes out as it is. */
  readonly body?: string;
  /** Milliseconds before anybody may see it. */
  readonly delayMs?: number;
}

/** What a handler's host answered, whichever dialect it spoke. */
export type Reply =
  /** One output, without fan-out. */
  | { readonly kind: "output"; readonly output: Output }
  /** Several outputs (or one, deliberately); `null` is an empty branch. */
  | { readonly kind: "fan_out"; readonly outputs: (Output | null)[] }
  /** Nothing to send on. */
  | { readonly kind: "empty" }
  /**
   * A join took the message in; `wakeMs` asks to be shown it again after that time, `late` says that
   * it came too late to count.
   */
  | { readonly kind: "absorbed"; readonly wakeMs?: number; readonly late?: true }
  /** A join's merged message, which leaves the latest fan-out. */
  | { readonly kind: "joined"; readonly output: Output }
  /** A terminal actor's publishes. */
  | { readonly kind: "sends"; readonly sends: Send[] }
  | { readonly kind: "failure"; readonly failure: Failure };

/** Which of the two reply forms a one-exchange host speaks. */
export type ReplyFormat = "object" | "list";
