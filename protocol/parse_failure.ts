/**
 * Failures on the wire: read from what any program wrote, and written for all of them.
 *
 * @module
 */
import { createFailure, type Failure, FAILURE_CODES, memoryCodeOf } from "./failure.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/**
 * A failure's fields as replies and error envelopes spell them.
 *
 * @param failure any failure
 * @example
 * ```ts
 * import { createFailure, failureToWire } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(failureToWire(createFailure("retryable_error", "busy", { retryAfterSeconds: 3 })), {
 *   error: "retryable_error", message: "busy", severity: "recoverable", retry_after: 3,
 * });
 * ```
 */
export function failureToWire(failure: Failure): JsonObject {
  return {
    error: failure.code,
    message: failure.message,
    ...(failure.type !== undefined && { type: failure.type }),
    severity: failure.severity,
    ...(failure.retryAfterSeconds !== undefined && { retry_after: failure.retryAfterSeconds }),
    ...(failure.stack !== undefined && { stack: failure.stack }),
  };
}

/**
 * Parses a failure as any dialect spells it: `{error, message, type, severity, …}`, or
 * `{error, details: {message, type, traceback}}`. A dialect that says no severity is searched for
 * the words of memory exhaustion; a text that cannot be a code becomes the message.
 *
 * @param value an object that is known to tell of a failure
 * @example
 * ```ts
 * import { parseFailure } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(parseFailure({ error: "msg_parsing_error" }).code, "malformed_message");
 * assert.equal(parseFailure({ error: "it broke" }).code, "processing_error");
 * assert.equal(
 *   parseFailure({ error: "processing_error", details: { type: "MemoryError" } }).code,
 *   "oom_error",
 * );
 * ```
 */
export function parseFailure(value: JsonObject): Failure {
  const details = isJsonObject(value.details) ? { ...value, ...value.details } : value;
  const said = textOf(value.error);
  const type = textOf(details.type);
  const stack = textOf(details.traceback) ?? textOf(details.stack);
  const message = textOf(details.message) ?? said ?? "the handler failed without saying why";
  const severity = details.severity === "recoverable" || details.severity === "fatal"
    ? details.severity
    : undefined;
  const retryAfterSeconds = isDelay(details.retry_after) ? details.retry_after : undefined;
  const code = codeOf(said);
  const words = [said, message, stack].join("\n");
  const memory = severity === undefined && !hasOwnDefault(code)
    ? memoryCodeOf(type ?? "", words)
    : undefined;
  return createFailure(memory ?? code, message, { type, severity, retryAfterSeconds, stack });
}

/** Whether a code already says what went wrong; `processing_error` and foreign ones do not. */
function hasOwnDefault(code: string): boolean {
  return code !== "processing_error" && (FAILURE_CODES as readonly string[]).includes(code);
}

/** A code is a short word (it names a metric's series); any other text is only a message. */
function codeOf(said: string | undefined): string {
  if (said === undefined || !/^[A-Za-z][\w.:-]{0,63}$/.test(said)) return "processing_error";
  return said === "msg_parsing_error" ? "malformed_message" : said;
}

function isDelay(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
