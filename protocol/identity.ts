import { createHash } from "node:crypto";
import type { Json } from "./json.ts";

/** What makes one published message this one and no other. */
export interface MessageOrigin {
  /** Identity of the input it was made from (see {@linkcode inputIdentity}). */
  readonly input: string;
  /** 1-based number of the try that made it. */
  readonly attempt: number;
  /** The queue it goes to. */
  readonly destination: string;
  /** 0-based position among the outputs of that try. */
  readonly ordinal: number;
}

const FORM = /^asya1-[0-9a-f]{32}$/;

/**
 * The `message_id` of an output: the same work, done again, gives the same id.
 *
 * @param origin what the message was made from, and where it goes
 * @returns `"asya1-"` and 32 hexadecimal digits
 * @example
 * ```ts
 * import { isOwnMessageId, messageIdOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const origin = { input: "m-1", attempt: 1, destination: "ocr", ordinal: 0 };
 * assert.equal(messageIdOf(origin), messageIdOf({ ...origin }));
 * assert.notEqual(messageIdOf(origin), messageIdOf({ ...origin, ordinal: 1 }));
 * assert.equal(isOwnMessageId(messageIdOf(origin)), true);
 * ```
 */
export function messageIdOf(origin: MessageOrigin): string {
  const parts = [origin.input, origin.attempt, origin.destination, origin.ordinal];
  return `asya1-${sha256(JSON.stringify(parts)).slice(0, 32)}`;
}

/**
 * Whether an id has the form of {@linkcode messageIdOf}; only such ids are ever compared.
 *
 * @param id a message id, as a broker gave it
 * @example
 * ```ts
 * import { isOwnMessageId } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isOwnMessageId("42"), false);
 * ```
 */
export function isOwnMessageId(id: string | undefined): id is string {
  return id !== undefined && FORM.test(id);
}

/**
 * The identity of an input: its own id when it has our form, else a fresh random one, so that
 * outputs of foreign messages are never taken for each other.
 *
 * @param id the input's message id, as a broker gave it
 * @example
 * ```ts
 * import { inputIdentity } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.notEqual(inputIdentity("1"), inputIdentity("1"));
 * ```
 */
export function inputIdentity(id: string | undefined): string {
  return isOwnMessageId(id) ? id : crypto.randomUUID();
}

/**
 * The job id of a message that came without one: the same AMQP message id gives the same job.
 *
 * @param id the message id its producer set, if any
 * @returns a version 5 UUID of the id, or a random one
 * @see RFC 9562, section 5.5
 * @example
 * ```ts
 * import { jobIdOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(jobIdOf("order-7"), jobIdOf("order-7"));
 * assert.notEqual(jobIdOf(undefined), jobIdOf(undefined));
 * ```
 */
export function jobIdOf(id: string | undefined): string {
  if (!id) return crypto.randomUUID();
  const hash = createHash("sha1").update(JOB_NAMESPACE).update(id).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}

/**
 * A short, stable fingerprint of some text or bytes.
 *
 * @param content what to fingerprint
 * @param digits how many hexadecimal digits to give, at most 64
 * @example
 * ```ts
 * import { fingerprint } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(fingerprint("asya").length, 8);
 * ```
 */
export function fingerprint(content: string | Uint8Array, digits = 8): string {
  return sha256(content).slice(0, digits);
}

/**
 * The group of a fan-out: a short hash over all its outputs.
 *
 * @param outputs every output of the handler, in order
 * @example
 * ```ts
 * import { groupOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(groupOf([{ page: 1 }, { page: 2 }]), groupOf([{ page: 1 }, { page: 2 }]));
 * ```
 */
export function groupOf(outputs: readonly Json[]): string {
  return fingerprint(JSON.stringify(outputs));
}

/** Namespace of job ids made from message ids: the bytes of b7b2fb8c-5c3e-4f65-9a0e-41d7a1c05a5a. */
const JOB_NAMESPACE = new Uint8Array(
  [0xb7, 0xb2, 0xfb, 0x8c, 0x5c, 0x3e, 0x4f, 0x65, 0x9a, 0x0e, 0x41, 0xd7, 0xa1, 0xc0, 0x5a, 0x5a],
);

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
