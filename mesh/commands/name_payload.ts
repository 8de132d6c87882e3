import type { Json } from "@asya/protocol";
import { GatewayError } from "../client/gateway_error.ts";

/**
 * What a gateway refuses when it was given a step and no payload is, as a rule, that there is none:
 * it speaks of its own field, and the person who reads it of an option.
 *
 * @param error what the wish to do work again came to
 * @param payload what was given
 * @returns the error, with the option where that may help
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { namePayload } from "./name_payload.ts";
 * import { GatewayError } from "../client/gateway_error.ts";
 *
 * const refused = new GatewayError("payload is missing; step 1 needs one", { status: 400 });
 * const named = namePayload(refused, undefined);
 * assert(named instanceof GatewayError);
 * assert.match(named.message, /step 1 needs one; --payload JSON says what the step gets$/);
 * assert.equal(namePayload(refused, {}), refused);
 * ```
 */
export function namePayload(error: unknown, payload: Json | undefined): unknown {
  if (!(error instanceof GatewayError) || error.status !== 400 || payload !== undefined) {
    return error;
  }
  const message = `${error.message}; --payload JSON says what the step gets`;
  return new GatewayError(message, { status: error.status, cause: error });
}
