import type { JsonObject } from "@asya/protocol/json";

/** One message that a handler wants sent on, with more than a payload. */
export interface OutgoingMessage {
  /** What the next step gets as its payload: any JSON value. */
  readonly payload: unknown;
  /**
   * The whole route from now on. Steps up to and including the current one must be as they came;
   * only what lies ahead may change. {@linkcode insertSteps}, {@linkcode replaceRest} and
   * {@linkcode repeatSteps} make such routes.
   */
  readonly steps?: readonly string[];
  /** Replaces the route's metadata. */
  readonly metadata?: JsonObject;
  /** Replaces the message's headers. */
  readonly headers?: JsonObject;
  /** Milliseconds before the next step may see it. */
  readonly delayMs?: number;
}

/** One message that a terminal actor wants published: a whole message, or a body as it is. */
export type OutgoingSend =
  & {
    /** The queue to publish to. */
    readonly queue: string;
    /** Milliseconds before the message may be seen there. */
    readonly delayMs?: number;
  }
  & (
    | { readonly message: JsonObject; readonly body?: never }
    | { readonly body: string; readonly message?: never }
  );

/** What an {@linkcode Answer} says, by kind. */
export type AnswerContent =
  | { readonly kind: "messages"; readonly messages: readonly (OutgoingMessage | null)[] }
  | { readonly kind: "absorbed"; readonly wakeMs?: number; readonly late?: boolean }
  | { readonly kind: "joined"; readonly message: OutgoingMessage }
  | { readonly kind: "sends"; readonly sends: readonly OutgoingSend[] };

/** The key that marks an answer; registered, so that every copy of this module has the same. */
export const ANSWER: unique symbol = Symbol.for("asya.answer");

/**
 * A result that says more than a payload; made by {@linkcode messages}, {@linkcode absorbed},
 * {@linkcode joined} and {@linkcode sends}.
 */
export interface Answer {
  /** What it says. */
  readonly [ANSWER]: AnswerContent;
}

/**
 * Answers whole messages: each may change the rest of its route, its headers, or be delayed.
 *
 * @param items the messages in order; `null` is an empty branch of a fan-out
 * @example
 * ```ts
 * import { answerContent, messages } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * const answer = messages([{ payload: { ok: true }, steps: ["ask", "judge"], delayMs: 500 }]);
 * assert.equal(answerContent(answer)?.kind, "messages");
 * ```
 */
export function messages(items: readonly (OutgoingMessage | null)[]): Answer {
  return { [ANSWER]: { kind: "messages", messages: items } };
}

/**
 * Answers that a join has taken the message in: nothing is sent on.
 *
 * @param options `wakeMs`: milliseconds after which the join wants to see the message again; `late`:
 *   it came too late to count, which the sidecar's metrics show
 * @example
 * ```ts
 * import { absorbed, answerContent } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * assert.deepEqual(answerContent(absorbed({ wakeMs: 60_000 })), { kind: "absorbed", wakeMs: 60_000 });
 * ```
 */
export function absorbed(
  options: { readonly wakeMs?: number; readonly late?: boolean } = {},
): Answer {
  return { [ANSWER]: { kind: "absorbed", ...options } };
}

/**
 * Answers a join's merged message, which leaves the latest fan-out behind.
 *
 * @param message the one message that stands for all branches
 * @example
 * ```ts
 * import { answerContent, joined } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * assert.equal(answerContent(joined({ payload: { pages: 3 } }))?.kind, "joined");
 * ```
 */
export function joined(message: OutgoingMessage): Answer {
  return { [ANSWER]: { kind: "joined", message } };
}

/**
 * Answers what a terminal actor wants published: to steps of the message's own route, to the
 * terminal queues, or to the dead letters.
 *
 * @param items what to publish, in order
 * @example
 * ```ts
 * import { answerContent, sends } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * const answer = sends([{ queue: "ocr", body: "{}", delayMs: 5_000 }]);
 * assert.equal(answerContent(answer)?.kind, "sends");
 * ```
 */
export function sends(items: readonly OutgoingSend[]): Answer {
  return { [ANSWER]: { kind: "sends", sends: items } };
}

/**
 * Looks into a result: what an {@linkcode Answer} says, for tests of a handler and for its host.
 *
 * @param result whatever a handler returned
 * @returns the content, or `undefined` for a plain result
 * @example
 * ```ts
 * import { answerContent } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * assert.equal(answerContent({ greeting: "hello" }), undefined);
 * ```
 */
export function answerContent(result: unknown): AnswerContent | undefined {
  if (typeof result !== "object" || result === null) return undefined;
  return (result as Partial<Answer>)[ANSWER];
}
