/** What may be said about a failure that can be retried. */
export interface RetryableErrorOptions extends ErrorOptions {
  /** Seconds to wait, at least, before the message is tried again. */
  readonly retryAfterSeconds?: number;
}

/**
 * Thrown by a handler when trying again later can help: a busy service, a rate limit.
 *
 * The message is retried with a growing delay, a limited number of times.
 *
 * @example
 * ```ts
 * import { RetryableError } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * const error = new RetryableError("the model is loading", { retryAfterSeconds: 20 });
 * assert.equal(error.retryAfterSeconds, 20);
 * assert.equal(error.severity, "recoverable");
 * ```
 */
export class RetryableError extends Error {
  /** The class's name, which the failure carries as its type. */
  override readonly name: string = "RetryableError";
  /** The failure's code on the wire; recognised by this value, not by the class. */
  readonly code: string = "retryable_error";
  /** Says that trying again can help. */
  readonly severity: string = "recoverable";
  /** Seconds to wait, at least, before the message is tried again. */
  readonly retryAfterSeconds: number | undefined;

  /**
   * Creates the error.
   *
   * @param message one sentence: what was got, what is allowed
   * @param options when to try again, and the error that caused this one
   */
  constructor(message: string, options: RetryableErrorOptions = {}) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/**
 * Thrown by a handler when trying again cannot help: the message goes to error-end at once.
 *
 * Any other error is fatal too; this one says that it is meant so.
 *
 * @example
 * ```ts
 * import { TerminalError } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * assert.equal(new TerminalError("the page is empty").severity, "fatal");
 * ```
 */
export class TerminalError extends Error {
  /** The class's name, which the failure carries as its type. */
  override readonly name: string = "TerminalError";
  /** The failure's code on the wire. */
  readonly code: string = "processing_error";
  /** Says that trying again cannot help. */
  readonly severity: string = "fatal";
}

/**
 * Thrown when an input is not what the handler accepts; `defineHandler` throws it for a schema.
 *
 * @example
 * ```ts
 * import { ValidationError } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * assert.equal(new ValidationError("order.id is missing").code, "validation_error");
 * ```
 */
export class ValidationError extends Error {
  /** The class's name, which the failure carries as its type. */
  override readonly name: string = "ValidationError";
  /** The failure's code on the wire. */
  readonly code: string = "validation_error";
  /** Says that trying again cannot help. */
  readonly severity: string = "fatal";
}
