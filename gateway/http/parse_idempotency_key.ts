/** The key of a request, if it has one, or what is wrong with it. */
export type ParsedKey =
  | { readonly ok: true; readonly key: string | undefined }
  | { readonly ok: false; readonly problem: string };

const MAX_LENGTH = 255;

/**
 * Reads the header `Idempotency-Key`, by which a caller says that a call is the same as before.
 *
 * @param header its value, if there is one
 */
export function parseIdempotencyKey(header: string | undefined): ParsedKey {
  if (header === undefined) return { ok: true, key: undefined };
  if (/^[!-~]+$/.test(header) && header.length <= MAX_LENGTH) return { ok: true, key: header };
  const got = header.length > MAX_LENGTH ? `${header.length} characters` : JSON.stringify(header);
  return {
    ok: false,
    problem:
      `Idempotency-Key is ${got}; 1 to ${MAX_LENGTH} visible characters of ASCII are allowed`,
  };
}
