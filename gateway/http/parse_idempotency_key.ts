import { optional, type ReadResult, readWith, text } from "@asya/protocol";

const MAX_LENGTH = 255;

/** Reads the header `Idempotency-Key`. */
export const idempotencyKeySchema = optional(text("the same key makes one job of repeated calls", {
  maxLength: MAX_LENGTH,
  pattern: "^[!-~]+$",
  allowed: `1 to ${MAX_LENGTH} visible characters of ASCII`,
}));

/**
 * Reads the header `Idempotency-Key`, by which a caller says that a call is the same as before.
 *
 * @param header its value, if there is one
 */
export function parseIdempotencyKey(header: string | undefined): ReadResult<string | undefined> {
  return readWith(idempotencyKeySchema, header, "Idempotency-Key");
}
