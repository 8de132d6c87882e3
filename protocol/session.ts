/**
 * Sessions between a sidecar and a host: many calls on one connection, with progress, streams and
 * cancels.
 *
 * @module
 */
import { createFailure } from "./failure.ts";
import { decodeUtf8, isJsonObject, type Json, type JsonObject, parseJson } from "./json.ts";
import { type Measure, measuresJson } from "./measure.ts";
import { MAX_MESSAGE_DEPTH } from "./message.ts";
import { isCount, type Parsed, refuseFrame } from "./parsed_frame.ts";
import { parseMeasures } from "./parse_measures.ts";
import { parseReply } from "./parse_reply.ts";
import type { Reply } from "./reply.ts";

export type { Parsed } from "./parsed_frame.ts";
export * from "./session_hello.ts";

/** A frame from the client, after the hello. */
export type ClientFrame =
  | {
    readonly kind: "call";
    readonly call: number;
    readonly message: Json;
    readonly timeoutMs?: number;
    /** Whose part the call is of a trace that is recorded, as a W3C `traceparent`. */
    readonly traceparent?: string;
  }
  | {
    readonly kind: "raw_call";
    readonly call: number;
    readonly raw: RawBody;
    readonly timeoutMs?: number;
    readonly traceparent?: string;
  }
  | { readonly kind: "cancel"; readonly call: number };

/** A queue's body that need not be a message, as terminal actors get it. */
export interface RawBody {
  /** The body's text, or its bytes in base64. */
  readonly body: string;
  /** How `body` is to be read. */
  readonly encoding: "utf8" | "base64";
  /** What the broker knows of the message; `timestamp` is RFC 3339. */
  readonly properties: { message_id?: string; timestamp?: string; headers?: JsonObject };
}

/** A frame from the host, after the hello. */
export type HostFrame =
  | { readonly kind: "reply"; readonly call: number; readonly reply: Reply }
  | {
    readonly kind: "progress";
    readonly call: number;
    readonly fraction?: number;
    readonly message?: string;
    /** A streamed partial. */
    readonly data?: Json;
  }
  | {
    readonly kind: "measure";
    readonly call: number;
    readonly measures: readonly Measure[];
    /** How many the host left out, since there were too many. */
    readonly dropped: number;
    /** How many could not be read. */
    readonly refused: number;
  };

const encoder = new TextEncoder();

/**
 * The parts of a call frame's body, around the message's own bytes.
 *
 * @param call number of the call, unique on its connection
 * @param message the message's JSON bytes, already known to parse; spliced in as they are
 * @param timeoutMs milliseconds the handler may take
 * @param traceparent whose part the call is of a trace that is recorded, where it is one
 * @example
 * ```ts
 * import { encodeCall, parseClientFrame } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const bytes = new TextEncoder().encode('{"payload":1}');
 * const body = new Uint8Array(encodeCall(7, bytes, 500).flatMap((part) => [...part]));
 * assert.deepEqual(parseClientFrame(body), {
 *   ok: true, frame: { kind: "call", call: 7, message: { payload: 1 }, timeoutMs: 500 },
 * });
 * ```
 */
export function encodeCall(
  call: number,
  message: Uint8Array,
  timeoutMs: number,
  traceparent?: string,
): Uint8Array[] {
  const trace = traceparent === undefined ? "" : `"traceparent":${JSON.stringify(traceparent)},`;
  const head = encoder.encode(`{"call":${call},"timeout_ms":${timeoutMs},${trace}"message":`);
  return [head, message, CLOSING];
}

/**
 * The body of a call frame for a terminal actor, whose queue's body may be anything.
 *
 * @param call number of the call, unique on its connection
 * @param raw the body and its properties
 * @param timeoutMs milliseconds the handler may take
 * @param traceparent whose part the call is of a trace that is recorded, where it is one
 * @example
 * ```ts
 * import { encodeRawCall, parseClientFrame } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const raw = { body: "?", encoding: "utf8", properties: {} } as const;
 * const parsed = parseClientFrame(encodeRawCall(1, raw, 500));
 * assert.equal(parsed.ok && parsed.frame.kind, "raw_call");
 * ```
 */
export function encodeRawCall(
  call: number,
  raw: RawBody,
  timeoutMs: number,
  traceparent?: string,
): Uint8Array {
  return encoder.encode(JSON.stringify({ call, timeout_ms: timeoutMs, traceparent, raw }));
}

/**
 * The body of a frame that asks the host to stop a call.
 *
 * @param call number of the call
 * @example
 * ```ts
 * import { encodeCancel, parseClientFrame } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const parsed = parseClientFrame(encodeCancel(7));
 * assert.deepEqual(parsed, { ok: true, frame: { kind: "cancel", call: 7 } });
 * ```
 */
export function encodeCancel(call: number): Uint8Array {
  return encoder.encode(`{"cancel":${call}}`);
}

/**
 * Parses a client's frame.
 *
 * @param body a frame's body, after the hello
 * @example
 * ```ts
 * import { parseClientFrame } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const body = new TextEncoder().encode('{"call":7,"message":{"payload":1}}');
 * assert.deepEqual(parseClientFrame(body), {
 *   ok: true, frame: { kind: "call", call: 7, message: { payload: 1 } },
 * });
 * ```
 */
export function parseClientFrame(body: Uint8Array): Parsed<ClientFrame> {
  const json = parseJson(body);
  if (!json.ok || !isJsonObject(json.value)) return refuseFrame("session frame");
  const value = json.value;
  if (isCount(value.cancel)) return { ok: true, frame: { kind: "cancel", call: value.cancel } };
  if (!isCount(value.call)) return refuseFrame("session frame");
  const call = value.call;
  const timeout = typeof value.timeout_ms === "number" && value.timeout_ms > 0
    ? { timeoutMs: Math.min(Math.ceil(value.timeout_ms), Number.MAX_SAFE_INTEGER) }
    : {};
  const trace = typeof value.traceparent === "string" ? { traceparent: value.traceparent } : {};
  const said = { ...timeout, ...trace };
  if (isJsonObject(value.raw)) {
    const raw = parseRaw(value.raw);
    return raw
      ? { ok: true, frame: { kind: "raw_call", call, raw, ...said } }
      : refuseFrame("raw call");
  }
  if (value.message === undefined) return refuseFrame("session frame");
  return { ok: true, frame: { kind: "call", call, message: value.message, ...said } };
}

/**
 * The text of a frame that says what the handler measured in a call.
 *
 * @param call number of the call
 * @param measures what it measured, {@linkcode MAX_MEASURES} at most
 * @param dropped how many were left out
 * @example
 * ```ts
 * import { measureText, parseHostFrame } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const measures = [{ kind: "count", name: "pages_total", value: 3, labels: {} }] as const;
 * const parsed = parseHostFrame(new TextEncoder().encode(measureText(7, measures, 0)));
 * assert.deepEqual(parsed, {
 *   ok: true, frame: { kind: "measure", call: 7, measures, dropped: 0, refused: 0 },
 * });
 * ```
 */
export function measureText(call: number, measures: readonly Measure[], dropped: number): string {
  const left = dropped > 0 ? { dropped } : {};
  return JSON.stringify({ measure: call, measures: measuresJson(measures), ...left });
}

/**
 * Parses a host's frame.
 *
 * @param body a frame's body, after the hello
 * @example
 * ```ts
 * import { parseHostFrame } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const body = new TextEncoder().encode('{"reply":7,"status":"ok","result":null}');
 * assert.deepEqual(parseHostFrame(body), {
 *   ok: true, frame: { kind: "reply", call: 7, reply: { kind: "empty" } },
 * });
 * ```
 */
export function parseHostFrame(body: Uint8Array): Parsed<HostFrame> {
  const text = decodeUtf8(body);
  if (text === undefined) return refuseFrame("session frame");
  const plain = parsePlainReply(text);
  if (plain) return { ok: true, frame: plain };
  const shallow = parseJson(text, MAX_MESSAGE_DEPTH);
  const json = shallow.ok ? shallow : parseJson(text);
  if (!json.ok || !isJsonObject(json.value)) return refuseFrame("session frame");
  const { reply, progress, measure, ...value } = json.value;
  if (isCount(reply)) {
    const said = shallow.ok ? parseReply(value) : tooDeep();
    return { ok: true, frame: { kind: "reply", call: reply, reply: said } };
  }
  if (isCount(measure)) {
    const dropped = isCount(value.dropped) ? value.dropped : 0;
    const frame = { kind: "measure", call: measure, dropped } as const;
    return { ok: true, frame: { ...frame, ...parseMeasures(value.measures) } };
  }
  if (!isCount(progress)) return refuseFrame("session frame");
  const { fraction, message, data } = value;
  return {
    ok: true,
    frame: {
      kind: "progress",
      call: progress,
      ...(typeof fraction === "number" && { fraction: Math.min(1, Math.max(0, fraction)) }),
      ...(typeof message === "string" && { message }),
      ...(data !== undefined && { data }),
    },
  };
}

/** How nearly every reply begins: one object, and nothing but it. */
const PLAIN_REPLY = /^\{"reply":(\d{1,15}),"status":"ok","result":(?=\{)/;

/**
 * Parses a reply of one object, whose text can then be sent on as it is: being JSON by itself, with
 * nothing behind it but the end of the frame, it cannot bring anything else into a message.
 */
function parsePlainReply(text: string): HostFrame | undefined {
  const [beginning, call] = PLAIN_REPLY.exec(text) ?? [];
  if (beginning === undefined || !text.endsWith("}}")) return undefined;
  const payloadText = text.slice(beginning.length, -1);
  const json = parseJson(payloadText, MAX_MESSAGE_DEPTH - 1);
  if (!json.ok) return undefined;
  const output = { payload: json.value, payloadText };
  return { kind: "reply", call: Number(call), reply: { kind: "output", output } };
}

const CLOSING = encoder.encode("}");

function parseRaw(value: JsonObject): RawBody | undefined {
  const { body, encoding, properties } = value;
  if (typeof body !== "string" || (encoding !== "utf8" && encoding !== "base64")) return undefined;
  const { message_id, timestamp, headers } = isJsonObject(properties) ? properties : {};
  return {
    body,
    encoding,
    properties: {
      ...(typeof message_id === "string" && { message_id }),
      ...(typeof timestamp === "string" && { timestamp }),
      ...(isJsonObject(headers) && { headers }),
    },
  };
}

/** What is made of such a reply could not be read by the next step; better say so here. */
function tooDeep(): Reply {
  const message = `the reply is nested deeper than ${MAX_MESSAGE_DEPTH} levels, the most allowed`;
  return { kind: "failure", failure: createFailure("processing_error", message) };
}
