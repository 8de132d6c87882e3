/** AMQP's reply codes that decide what is done next. */
export const ReplyCode = { accessRefused: 403, notFound: 404 } as const;

/**
 * The broker's reply code in an error, where the broker gave one.
 *
 * @param error what an operation of the client rejected with
 * @example
 * ```ts
 * import { ReplyCode, replyCodeOf } from "./amqp_error.ts";
 * import assert from "node:assert/strict";
 *
 * const error = Object.assign(new Error("no queue 'a' in vhost '/'"), { code: 404 });
 * assert.equal(replyCodeOf(error), ReplyCode.notFound);
 * assert.equal(replyCodeOf(new Error("anything else")), undefined);
 * ```
 */
export function replyCodeOf(error: unknown): number | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "number" ? code : undefined;
}

/**
 * Says in one line what went wrong.
 *
 * @param error what an operation of the client rejected with
 */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(describeError))].join("; ");
  }
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll(/\s+/g, " ").trim();
}
