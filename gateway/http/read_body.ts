import { type Json, parseJson } from "@asya/protocol";
import { checkMediaType } from "./check_media_type.ts";

/** The JSON of a request's body, or why there is none and with which status to say so. */
export type ReadBody =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly error: string };

/** What a body may be. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Levels of nesting. */
  readonly maxDepth: number;
  /** Whether it is read whatever it is declared as. */
  readonly isAnyType?: boolean;
  /** What an empty body stands for, if it may be empty. */
  readonly whenEmpty?: Json;
}

/**
 * How long a body may be that is read at once: for that, room is made for all that is declared,
 * before any of it has come. A longer one takes the room of what has come.
 */
const MAX_BYTES_AT_ONCE = 64 * 1024;

/**
 * Reads a request's body as JSON, and no more of it than is allowed.
 *
 * @param request the request
 * @param limits what the body may be
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<ReadBody> {
  const { maxBytes, maxDepth, isAnyType = false, whenEmpty } = limits;
  const wrongType = isAnyType ? undefined : checkMediaType(request.headers);
  if (wrongType !== undefined) return { ok: false, status: 415, error: wrongType };
  const bytes = await readBytes(request, maxBytes);
  if (bytes === "too_large") {
    return {
      ok: false,
      status: 413,
      error: `the body is over ${maxBytes} bytes; ${maxBytes} are allowed`,
    };
  }
  if (bytes === "broken") return refuse("the body broke off; all of what was announced is allowed");
  if (bytes.length === 0 && whenEmpty !== undefined) return { ok: true, value: whenEmpty };
  if (bytes.length === 0) return refuse("the body is empty; JSON is allowed");
  const parsed = parseJson(bytes, maxDepth);
  return parsed.ok ? parsed : refuse(`the body is not JSON, which is allowed: ${parsed.reason}`);
}

function refuse(error: string): ReadBody {
  return { ok: false, status: 400, error };
}

/**
 * Reads a request's body, and no more of it than is allowed.
 *
 * @param request the request
 * @param maxBytes how long it may be
 */
export async function readBytes(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array | "too_large" | "broken"> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) return "too_large";
  try {
    // A declared length is the body's own: the server reads no further. To look at its stream
    // first, were it only to see whether there is one, costs as much as to read it.
    if (declared > 0 && declared <= MAX_BYTES_AT_ONCE) return await request.bytes();
    if (request.body === null) return new Uint8Array();
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of request.body) {
      size += chunk.length;
      if (size > maxBytes) return "too_large";
      chunks.push(chunk);
    }
    return concat(chunks, size);
  } catch {
    // Whoever sent it went away, or sent what is no body: nobody else can break it off.
    return "broken";
  }
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
