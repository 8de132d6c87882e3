/**
 * What the author of a handler needs: types, errors with a meaning, and answers beyond a payload.
 *
 * Only what handlers import is reached from here. Sockets, files, processes and settings, which
 * belong to the handler's host, may not enter: a handler stays a function that a test can call.
 *
 * ```ts
 * import { defineHandler, type HandlerContext, RetryableError } from "@asya/runtime";
 * import assert from "node:assert/strict";
 *
 * const handler = defineHandler<{ text: string }>((msg, ctx) => {
 *   if (msg.payload.text === "") throw new RetryableError("nothing yet", { retryAfterSeconds: 5 });
 *   ctx.progress(0.5, "counting");
 *   return { words: msg.payload.text.split(/\s+/).length };
 * });
 *
 * const ctx = { progress: () => {} } as unknown as HandlerContext;
 * assert.deepEqual(handler({ payload: { text: "to be or not" } }, ctx), { words: 4 });
 * ```
 *
 * @module
 */
export * from "./answer.ts";
export * from "./change_route.ts";
export * from "./define_handler.ts";
export * from "./handler.ts";
export * from "./handler_errors.ts";
export type * from "./measures/handler_metrics.ts";
export type { StandardIssue, StandardResult, StandardSchema } from "./standard_schema.ts";
export type { Json, JsonObject } from "@asya/protocol/json";
export type { RawBody } from "@asya/protocol/session";
