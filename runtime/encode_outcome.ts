import { toListReply, toObjectReply } from "@asya/protocol/encode_reply";
import { createFailure, type Failure } from "@asya/protocol/failure";
import type { Message } from "@asya/protocol/message";
import type { Reply, ReplyFormat } from "@asya/protocol/reply";
import { findTampering } from "./find_tampering.ts";
import type { Outcome } from "./read_result.ts";

/** How a reply is to be written. */
export interface ReplyForm {
  readonly format: ReplyFormat;
  /** Cap on a frame's body in bytes. */
  readonly maxBytes: number;
  /** Whether a list must have exactly one item, as sidecars of terminal actors need it. */
  readonly oneItem: boolean;
}

/** Characters of a failure's message and of its stack that are kept. */
const MAX_FAILURE_TEXT = 16_384;

/** Room for what a session writes around a reply or a partial. */
export const ENVELOPE_BYTES = 64;

const encoder = new TextEncoder();

/**
 * Writes what a call came to as the JSON text of a reply; what is over the cap becomes the failure
 * that says so.
 *
 * @param outcome what the call came to
 * @param form format and cap
 * @param received the message as the step received it, whose route a list repeats
 * @example
 * ```ts
 * import { encodeOutcome } from "./encode_outcome.ts";
 * import assert from "node:assert/strict";
 * const form = { format: "object", maxBytes: 1024, oneItem: false } as const;
 * assert.equal(
 *   encodeOutcome({ kind: "payload", text: '{"a":1}' }, form, undefined),
 *   '{"status":"ok","result":{"a":1}}',
 * );
 * ```
 */
export function encodeOutcome(
  outcome: Outcome,
  form: ReplyForm,
  received: Message | undefined,
): string {
  const text = tryEncode(outcome, form, received);
  if (typeof text === "string" && fits(text, form.maxBytes - ENVELOPE_BYTES)) return text;
  const failure = typeof text === "string"
    ? createFailure(
      "frame_too_large",
      `the reply has more than ${form.maxBytes} bytes; at most that many are allowed`,
    )
    : text;
  return JSON.stringify(encodeReply({ kind: "failure", failure }, form.format, received));
}

function tryEncode(
  outcome: Outcome,
  form: ReplyForm,
  received: Message | undefined,
): string | Failure {
  try {
    return encode(outcome, form, received);
  } catch (error) {
    // The parts were written before, so only their sum can be too much for one string.
    const reason = error instanceof Error ? error.message : String(error);
    return error instanceof RangeError
      ? createFailure("frame_too_large", `the reply is too long to be written: ${reason}`)
      : createFailure("processing_error", `the reply cannot be written: ${reason}`);
  }
}

function encode(outcome: Outcome, form: ReplyForm, received: Message | undefined): string {
  if (form.format === "list") return encodeList(outcome, form, received);
  switch (outcome.kind) {
    case "payload":
      return `{"status":"ok","result":${outcome.text}}`;
    case "payloads":
      return `{"status":"ok","result":[${outcome.texts.join(",")}]}`;
    case "reply":
      return JSON.stringify(encodeReply(outcome.reply, form.format, received));
  }
}

function encodeList(outcome: Outcome, form: ReplyForm, received: Message | undefined): string {
  if (form.oneItem && !isFailure(outcome)) return `[${listItem("{}", received)}]`;
  switch (outcome.kind) {
    case "payload":
      return `[${listItem(outcome.text, received)}]`;
    case "payloads":
      return `[${outcome.texts.map((text) => listItem(text, received)).join(",")}]`;
    case "reply":
      return JSON.stringify(encodeReply(outcome.reply, form.format, received));
  }
}

function isFailure(outcome: Outcome): boolean {
  return outcome.kind === "reply" && outcome.reply.kind === "failure";
}

function encodeReply(
  reply: Reply,
  format: ReplyFormat,
  received: Message | undefined,
): unknown {
  const tampering = received && findTampering(reply, received.route);
  if (tampering) return encodeReply({ kind: "failure", failure: tampering }, format, undefined);
  const short = reply.kind === "failure" ? { ...reply, failure: shorten(reply.failure) } : reply;
  if (format === "object") return toObjectReply(short);
  const problem = listProblem(short);
  const listed: Reply = problem === undefined
    ? short
    : { kind: "failure", failure: createFailure("processing_error", problem) };
  return toListReply(listed, received?.route ?? NO_ROUTE, received);
}

/** Why a reply has no list form, where it has none. */
function listProblem(reply: Reply): string | undefined {
  const because = (what: string) =>
    `the handler answered ${what}, which replies in list form (ASYA_REPLY_FORMAT=list) cannot carry`;
  switch (reply.kind) {
    case "absorbed":
    case "joined":
    case "sends":
      return because(`"${reply.kind}"`);
    case "output":
      return reply.output.delayMs === undefined ? undefined : because("a delay");
    case "fan_out":
      return reply.outputs.some((output) => output?.delayMs !== undefined)
        ? because("a delay")
        : undefined;
    case "empty":
    case "failure":
      return undefined;
  }
}

/** One item of a list around a payload that is JSON text already. */
function listItem(payload: string, received: Message | undefined): string {
  const output = { kind: "output", output: { payload: null } } as const;
  const [item] = toListReply(output, received?.route ?? NO_ROUTE, received);
  return `{"payload":${payload},"route":${JSON.stringify(item?.route)}}`;
}

const NO_ROUTE = { steps: [], current: 0, metadata: {} };

/** A thrown text may be of any length; its beginning is enough. */
function shorten(failure: Failure): Failure {
  const cut = (text: string) =>
    text.length <= MAX_FAILURE_TEXT ? text : `${text.slice(0, MAX_FAILURE_TEXT)}…`;
  return {
    ...failure,
    message: cut(failure.message),
    ...(failure.type !== undefined && { type: failure.type.slice(0, 200) }),
    ...(failure.stack !== undefined && { stack: cut(failure.stack) }),
  };
}

/**
 * Whether a text fits into so many bytes of UTF-8; most texts are so short or so long that nobody need
 * count.
 *
 * @param text any text
 * @param maxBytes cap on its UTF-8
 */
export function fits(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return true;
  return text.length <= maxBytes && encoder.encode(text).length <= maxBytes;
}
