/**
 * Error envelopes: a message that failed, with its failure beside it, on its way to error-end.
 *
 * @module
 */
import { readBookkeeping } from "./bookkeeping.ts";
import type { Failure } from "./failure.ts";
import { decodeUtf8, isJsonObject, type Json, type JsonObject, parseJson } from "./json.ts";
import { type Message, parseMessage, toWire } from "./message.ts";
import { currentStep } from "./route.ts";
import { failureToWire, parseFailure } from "./parse_failure.ts";

/** Cap on a queue's body where a setting says nothing: 16 MiB, a broker's own default. */
export const DEFAULT_MAX_MESSAGE_BYTES: number = 16 * 1024 * 1024;

/** A failure on its way to error-end, with what failed. */
export interface FailedWork {
  /** Why it failed. */
  readonly failure: Failure;
  /** The exact body as the failing step received it. */
  readonly body: Uint8Array;
  /** That body's message, where it is one. */
  readonly message?: Message;
  /** Queue the work was taken from. */
  readonly step: string;
  /** Name of the actor that worked on it. */
  readonly actor: string;
}

/** What goes on error-end's queue. */
export interface ErrorEnvelope {
  /** The bytes to publish: UTF-8 JSON, or the failed body as it was. */
  readonly body: Uint8Array;
  /** The failure, where the body is the input unchanged because no envelope could hold it. */
  readonly failureHeader?: string;
}

/** A failure as error-end received it, whoever sent it. */
export interface ReceivedFailure {
  /** Why the work failed, in this toolkit's words. */
  readonly failure: Failure;
  /** `""` when nobody knows which job it was. */
  readonly jobId: string;
  /** Queue the work was taken from, where the sender or the route says it. */
  readonly step?: string;
  /** Name of the actor that worked on it, where the sender says it. */
  readonly actor?: string;
  /** 1-based number of the try that failed. */
  readonly attempt: number;
  /** The message as the failing step received it, where it was one. */
  readonly message?: Message;
  /** The exact body as the failing step received it. */
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();

/** Characters of one text in the failure header; a broker's header table holds some 100 KiB. */
const MAX_HEADER_TEXT = 2000;

/**
 * Wraps failed work for error-end, within a size: first without the payload's second copy, and
 * where even that is too large, the input unchanged with the failure beside it.
 *
 * @param work what failed, and why
 * @param maxBytes cap on a queue's body
 * @example
 * ```ts
 * import { createFailure, parseErrorEnvelope, wrapFailure } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const body = new TextEncoder().encode("not json");
 * const failure = createFailure("malformed_message", "the body is not JSON");
 * const envelope = wrapFailure({ failure, body, step: "ocr", actor: "ocr" }, 1024);
 * assert.deepEqual(parseErrorEnvelope(envelope.body).body, body);
 * assert.equal(parseErrorEnvelope(envelope.body).failure.code, "malformed_message");
 * ```
 */
export function wrapFailure(work: FailedWork, maxBytes: number): ErrorEnvelope {
  const { message, failure } = work;
  const { error, ...details } = failureToWire(failure);
  const attempt = message ? readBookkeeping(message.route).attempt ?? 1 : 1;
  const head = {
    ...(message?.jobId && { job_id: message.jobId }),
    error: error ?? failure.code,
    error_details: { ...details, step: work.step, actor: work.actor, attempt },
  };
  // An envelope holds the whole body, and escaping never makes it shorter.
  if (work.body.length > maxBytes) return besides(work.body, head);
  const text = decodeUtf8(work.body);
  const original = text !== undefined
    ? { original_message: text }
    : { original_message: work.body.toBase64(), original_encoding: "base64" };
  const { route, headers, payload } = message ? toWire(message) : {} as JsonObject;
  const envelope = { ...head, route, headers, payload, ...original };
  for (const candidate of [envelope, { ...envelope, payload: undefined }]) {
    const body = encoder.encode(JSON.stringify(candidate));
    if (body.length <= maxBytes) return { body };
  }
  return besides(work.body, head);
}

/** The body as it was, with the failure in a header beside it. */
function besides(body: Uint8Array, head: JsonObject): ErrorEnvelope {
  return { body, failureHeader: JSON.stringify(shortened(head)) };
}

/**
 * Reads a failure from error-end's queue: ours, or what other implementations send
 * (`{job_id?, error, original_message, error_details?}`). Total: a body that is no envelope is
 * itself the failed work.
 *
 * @param body the queue's body
 * @param failureHeader value of the `asya-failure` header, where the body came without envelope
 * @example
 * ```ts
 * import { parseErrorEnvelope } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const original = '{"job_id":"j1","route":{"steps":["ocr"],"current":0},"payload":{}}';
 * const body = JSON.stringify({ error: "it broke", original_message: original });
 * const received = parseErrorEnvelope(new TextEncoder().encode(body));
 * assert.equal(received.jobId, "j1");
 * assert.equal(received.step, "ocr");
 * assert.equal(received.failure.message, "it broke");
 * ```
 */
export function parseErrorEnvelope(body: Uint8Array, failureHeader?: string): ReceivedFailure {
  if (failureHeader !== undefined) {
    const head = parseJson(failureHeader);
    return received(head.ok && isJsonObject(head.value) ? head.value : {}, body);
  }
  const json = parseJson(body);
  const value = json.ok && isJsonObject(json.value) ? json.value : undefined;
  if (!value || value.error === undefined) {
    return received({ error: "malformed_message", message: "error-end got no failure" }, body);
  }
  return received(value, originalBody(value) ?? body);
}

function received(head: JsonObject, body: Uint8Array): ReceivedFailure {
  const details = isJsonObject(head.error_details) ? head.error_details : {};
  const parsed = parseMessage(body);
  const jobId = idOf(head.job_id) ?? idOf(head.id) ?? (parsed.ok ? parsed.message.jobId : "");
  // A message that came without a job got one at its first step: a retry must keep it.
  const message = parsed.ok ? { ...parsed.message, jobId } : undefined;
  const step = textOf(details.step) ?? (message && currentStep(message.route));
  const actor = textOf(details.actor);
  const attempt = countOf(details.attempt) ??
    (message && readBookkeeping(message.route).attempt) ?? 1;
  return {
    failure: parseFailure({ error: head.error ?? null, message: head.message ?? null, details }),
    jobId,
    ...(step !== undefined && { step }),
    ...(actor !== undefined && { actor }),
    attempt,
    ...(message && { message }),
    body,
  };
}

function originalBody(value: JsonObject): Uint8Array | undefined {
  const { original_message: original, original_encoding: encoding } = value;
  if (isJsonObject(original)) return encoder.encode(JSON.stringify(original));
  if (typeof original !== "string") return undefined;
  return encoding === "base64" ? fromBase64(original) : encoder.encode(original);
}

/** A header must stay small: long texts are cut, the stack goes, a vast job id is in the body. */
function shortened(head: JsonObject): JsonObject {
  const { stack: _, ...details } = isJsonObject(head.error_details) ? head.error_details : {};
  const { job_id, ...rest } = head;
  const cut = Object.entries(details).map(([key, value]) => [
    key,
    typeof value === "string" ? value.slice(0, MAX_HEADER_TEXT) : value,
  ]);
  return {
    ...(typeof job_id === "string" && job_id.length <= MAX_HEADER_TEXT && { job_id }),
    ...rest,
    error_details: Object.fromEntries(cut),
  };
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    // Not base64 after all: the envelope itself is then all there is of the body.
    return undefined;
  }
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A job's id goes into URLs and files' names, where half a character cannot stand. */
function idOf(value: Json | undefined): string | undefined {
  const id = textOf(value);
  return id?.isWellFormed() ? id : undefined;
}

function countOf(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}
