import type { BadRequest } from "./bad_requests.ts";
import { SOME_JOB } from "./values_of_schema.ts";

/**
 * The bytes of a request.
 *
 * @param request what is sent
 * @param port the gateway's
 * @param jobId a job that there is
 */
export function writeRequest(request: BadRequest, port: number, jobId: string): Uint8Array {
  if (request.junk !== undefined) return request.junk;
  const { method, path, query, framing } = request;
  const target = `${path}${query && `?${query}`}`.replaceAll(SOME_JOB, jobId);
  const names = new Set(request.headers.map(([name]) => name));
  const body = request.body && fill(request.body, jobId);
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...names.has("host") ? [] : [`host: 127.0.0.1:${port}`],
    "connection: close",
    ...request.headers.map(([name, value]) => `${name}: ${value.replaceAll(SOME_JOB, jobId)}`),
  ];
  if (body === undefined) return toLatin1(`${lines.join("\r\n")}\r\n\r\n`);
  if (framing === "chunks") {
    const head = toLatin1(`${[...lines, "transfer-encoding: chunked"].join("\r\n")}\r\n\r\n`);
    const size = toLatin1(`${body.length.toString(16)}\r\n`);
    const chunks = body.length > 0 ? [size, body, toLatin1("\r\n")] : [];
    return join([head, ...chunks, toLatin1("0\r\n\r\n")]);
  }
  const announced = body.length + (framing === "short" ? 7 : 0);
  return join([toLatin1(`${lines.join("\r\n")}\r\ncontent-length: ${announced}\r\n\r\n`), body]);
}

function fill(body: Uint8Array, jobId: string): Uint8Array {
  const text = new TextDecoder().decode(body);
  return text.includes(SOME_JOB) ? toBytes(text.replaceAll(SOME_JOB, jobId)) : body;
}

function toLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
