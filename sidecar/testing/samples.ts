import { type Json, parseMessage } from "@asya/protocol";
import type { Policy } from "../policy.ts";
import { createStepWork, createTerminalWork, type Received } from "../work.ts";
import type { StepWork, TerminalWork } from "../work.ts";

/** The moment at which everything in these samples happens. */
export const NOW_MS: number = Date.parse("2026-01-01T00:00:00Z");

/** An id in the form that our own messages have. */
export const OWN_ID = `asya1-${"0123456789abcdef".repeat(2)}`;

/** A policy of the step `ocr`, with changes. */
export function samplePolicy(change: Partial<Policy> = {}): Policy {
  return {
    queue: "ocr",
    actor: "ocr-actor",
    happyEnd: "happy-end",
    errorEnd: "error-end",
    deadLetter: "dead-letter-queue",
    isTerminal: false,
    maxMessageBytes: 1024 * 1024,
    maxHops: 256,
    maxDeliveries: 5,
    maxRedeliveries: 50,
    runtimeTimeoutMs: 300_000,
    retryTimeouts: false,
    ...change,
  };
}

/** A message at the first of two steps, with changes laid over it. */
export function sampleBody(change: Record<string, Json> = {}): Record<string, Json> {
  return {
    job_id: "j1",
    route: { steps: ["ocr", "classify"], current: 0, metadata: { asya: { created: CREATED } } },
    headers: { team: "ml" },
    payload: { page: 1 },
    ...change,
  };
}

/** When the samples' job began. */
export const CREATED = "2026-01-01T00:00:00.000Z";

/** A message as a queue delivers it. */
export function sampleReceived(body: unknown, change: Partial<Received> = {}): Received {
  return {
    queue: "ocr",
    body: bytesOf(body),
    messageId: OWN_ID,
    headers: {},
    redelivered: false,
    ...change,
  };
}

/** Work on a message of a step. */
export function sampleWork(body: Json = sampleBody(), change: Partial<Received> = {}): StepWork {
  const received = sampleReceived(body, change);
  const parsed = parseMessage(received.body);
  if (!parsed.ok) throw new TypeError(parsed.failure.message);
  return createStepWork(received, parsed.message, NOW_MS);
}

/** Work of a terminal actor. */
export function sampleTerminalWork(body: unknown, change: Partial<Received> = {}): TerminalWork {
  return createTerminalWork(sampleReceived(body, { queue: "error-end", ...change }));
}

/** The bytes of a body: bytes and text as they are, anything else as JSON. */
export function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}

/** The JSON of a body. */
export function jsonOf(body: Uint8Array | undefined): Json {
  return JSON.parse(new TextDecoder().decode(body));
}
