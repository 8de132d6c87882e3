/**
 * Why an operation of a transport was refused.
 *
 * - `closed`: the transport was closed.
 * - `unknown_queue`: there is no queue of that name.
 * - `unreachable`: the broker cannot be asked at this moment; trying again can help.
 * - `unusable`: the broker's file or its settings are not fit for use; a person must look.
 * - `in_use`: others keep the queue for themselves, or the broker lets us not look into it.
 */
export type TransportErrorCode = "closed" | "unknown_queue" | "unreachable" | "unusable" | "in_use";

/**
 * What a transport rejects with. Branch on its `code`, never on its class or its text.
 *
 * @example
 * ```ts
 * import { TransportError } from "@asya/transport";
 * import assert from "node:assert/strict";
 *
 * const error = new TransportError("unknown_queue", 'there is no queue "ocr"');
 * assert.equal(error.code, "unknown_queue");
 * ```
 */
export class TransportError extends Error {
  /** The name shown in logs. */
  override readonly name = "TransportError";

  /**
   * Creates a refusal.
   *
   * @param code what kind of refusal it is
   * @param message one sentence: what was got, what is allowed
   * @param options the error beneath it, as `cause`
   */
  constructor(readonly code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The refusal of everything that is asked of a transport after it was closed. */
export function closed(): TransportError {
  return new TransportError("closed", "the transport is closed; open another one");
}

/** The refusal to consume a queue that is not there. */
export function unknownQueue(name: string): TransportError {
  return new TransportError("unknown_queue", `there is no queue "${name}"; declare it first`);
}
