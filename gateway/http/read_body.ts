import { type Json, parseJson } from "@asya/protocol";

/** The JSON of a request's body, or why there is none and with which status to say so. */
export type ReadBody =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly status: 400 | 413; readonly error: string };

/**
 * Reads a request's body as JSON, and no more of it than is allowed.
 *
 * @param request the request
 * @param limits how large the body may be, and how many levels of nesting it may have
 * @param whenEmpty what an empty body stands for, if it may be empty
 */
export async function readBody(
  request: Request,
  limits: { readonly maxBytes: number; readonly maxDepth: number },
  whenEmpty?: Json,
): Promise<ReadBody> {
  const { maxBytes, maxDepth } = limits;
  const bytes = await readBytes(request, maxBytes);
  if (bytes === undefined) {
    return { ok: false, status: 413, error: `the body is over ${maxBytes} bytes` };
  }
  if (bytes.length === 0 && whenEmpty !== undefined) return { ok: true, value: whenEmpty };
  const parsed = parseJson(bytes, maxDepth);
  if (parsed.ok) return parsed;
  return { ok: false, status: 400, error: `the body is not JSON: ${parsed.reason}` };
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes || request.body === null) {
    return declared > maxBytes ? undefined : new Uint8Array();
  }
  // A declared length is the body's own: the server reads no further.
  if (declared > 0) return await request.bytes();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return concat(chunks, size);
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
