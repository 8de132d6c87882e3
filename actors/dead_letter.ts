import {
  decodeUtf8,
  type Failure,
  failureToWire,
  fingerprint,
  type JsonObject,
  type Message,
  type RetryPolicy,
  retryToWire,
  toWire,
} from "@asya/protocol";
import type { OutgoingSend, RawBody } from "@asya/runtime";

/** The version of the dead letter's JSON that this code writes. */
export const DEAD_LETTER_VERSION = 1;

/** Work that nobody will try again by itself. */
export interface DeadWork {
  /** Why nobody will. */
  readonly failure: Failure;
  /** Which terminal actor gave it up. */
  readonly from: "happy-end" | "error-end";
  /** `""` when nobody knows which job it was. */
  readonly jobId: string;
  /** The queue it was last taken from. */
  readonly step?: string | undefined;
  /** The actor that last worked on it. */
  readonly actor?: string | undefined;
  /** 1-based number of the last try. */
  readonly attempt?: number | undefined;
  /** How the step was tried again. */
  readonly retry?: RetryPolicy | undefined;
  /** The exact body, as the step that gave up received it. */
  readonly body: Uint8Array;
  /** The message in it, where it is one. */
  readonly message?: Message | undefined;
  /** The broker's properties with which it came to the terminal actor. */
  readonly properties?: RawBody["properties"] | undefined;
  /** Where the outcome is stored, with that body in it. */
  readonly storedAt?: string | undefined;
}

/**
 * Writes a dead letter.
 *
 * It is an error envelope (so whatever reads those reads it too) with a stamp:
 *
 * ```json
 * {
 *   "dead_letter": {
 *     "version": 1, "from": "error-end", "bytes": 71, "sha256": "…", "stored": "…",
 *     "retry": { "attempts": 4, "base": 5, "factor": 2 },
 *     "properties": { "message_id": "…", "timestamp": "…", "headers": {} }
 *   },
 *   "job_id": "…",
 *   "error": "processing_error",
 *   "error_details": { "message": "…", "severity": "fatal", "step": "ocr", "attempt": 1 },
 *   "route": { "steps": ["ocr"], "current": 0, "metadata": {} },
 *   "headers": { "traceparent": "…" },
 *   "original_message": "the exact body as the failing step received it",
 *   "original_encoding": "base64"
 * }
 * ```
 *
 * `original_message` is all that a replay needs; it is base64 where the body is not UTF-8. Where the
 * letter would be too large for a queue, `route` and `headers`, which are in the body too, are left
 * out; where it still is, and the body is in the store, the body is left out instead. Where it is not
 * in the store, the body itself is the letter.
 *
 * @param work what was given up
 * @param queue the dead letters' queue
 * @param maxBytes cap on a queue's body
 * @returns the send, or `undefined` for a body that no send can carry: too large to be wrapped, not
 *   UTF-8, and stored nowhere
 * @example
 * ```ts
 * import { createDeadLetter } from "@asya/actors";
 * import { createFailure, parseErrorEnvelope } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const body = new TextEncoder().encode("?");
 * const failure = createFailure("malformed_message", "the body is not JSON");
 * const letter = createDeadLetter(
 *   { failure, from: "error-end", jobId: "", body },
 *   "dead-letter-queue",
 *   1024,
 * );
 * const read = parseErrorEnvelope(new TextEncoder().encode(letter?.body));
 * assert.deepEqual(read.body, body);
 * assert.equal(read.failure.code, "malformed_message");
 * ```
 */
export function createDeadLetter(
  work: DeadWork,
  queue: string,
  maxBytes: number,
): OutgoingSend & { readonly body: string } | undefined {
  const { error: _, ...details } = failureToWire(work.failure);
  const { message, body, storedAt } = work;
  const text = decodeUtf8(body);
  const stub: JsonObject = {
    dead_letter: {
      version: DEAD_LETTER_VERSION,
      from: work.from,
      bytes: body.length,
      sha256: fingerprint(body, 64),
      ...(storedAt !== undefined && { stored: storedAt }),
      ...(work.retry && { retry: retryToWire(work.retry) }),
      ...(work.properties && { properties: work.properties }),
    },
    ...(work.jobId !== "" && { job_id: work.jobId }),
    error: work.failure.code,
    error_details: {
      ...details,
      ...(work.step !== undefined && { step: work.step }),
      ...(work.actor !== undefined && { actor: work.actor }),
      ...(work.attempt !== undefined && { attempt: work.attempt }),
    },
  };
  const { route, headers } = message ? toWire(message) : {} as JsonObject;
  const way = { ...(route && { route }), ...(headers && { headers }) };
  const original = text !== undefined
    ? { original_message: text }
    : { original_message: body.toBase64(), original_encoding: "base64" };
  const isStored = storedAt !== undefined;
  const letters = [
    { ...stub, ...way, ...original },
    { ...stub, ...original },
    ...(isStored ? [{ ...stub, ...way }, stub] : []),
  ].map((letter) => JSON.stringify(letter));
  const fitting = letters.find((letter) => new TextEncoder().encode(letter).length <= maxBytes) ??
    (isStored ? letters.at(-1) : text);
  return fitting === undefined ? undefined : { queue, body: fitting };
}
