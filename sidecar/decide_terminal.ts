import {
  createFailure,
  type Failure,
  type JsonObject,
  parseErrorEnvelope,
  parseMessage,
  type Reply,
  type Send,
  writeBookkeeping,
} from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import { decideFailure } from "./decide_failure.ts";
import type { Decision } from "./decision.ts";
import { notBefore, outgoing } from "./outgoing.ts";
import type { Policy } from "./policy.ts";
import { encodeMessage, type TerminalWork } from "./work.ts";

const encoder = new TextEncoder();

/**
 * Decides what becomes of a body after a terminal actor answered: what it wants sent is published,
 * its other outputs are dropped.
 *
 * @param work what the handler was given
 * @param reply what it answered
 * @param policy the sidecar's place in the mesh
 * @param nowMs milliseconds since the epoch
 */
export function decideTerminalReply(
  work: TerminalWork,
  reply: Reply,
  policy: Policy,
  nowMs: number,
): Decision {
  switch (reply.kind) {
    case "sends":
      return decideSends(work, reply.sends, policy, nowMs);
    case "failure":
      return decideFailure(work, reply.failure, policy);
    case "output":
    case "fan_out":
    case "empty":
    case "absorbed":
    case "joined":
      return { kind: "sends", messages: [] };
  }
}

function decideSends(
  work: TerminalWork,
  sends: readonly Send[],
  policy: Policy,
  nowMs: number,
): Decision {
  const allowed = allowedQueues(work, policy);
  const messages: Outgoing[] = [];
  for (const [ordinal, send] of sends.entries()) {
    const { queue, delayMs } = send;
    if (!allowed.has(queue)) return decideFailure(work, notAllowed(queue, allowed), policy);
    const body = bodyOf(send, nowMs);
    if (body.length > policy.maxMessageBytes) {
      return decideFailure(work, tooLarge(queue, body.length, policy), policy);
    }
    messages.push(outgoing(work, queue, body, ordinal, delayMs));
  }
  return { kind: "sends", messages };
}

/** The steps of the message, or of the message inside the envelope, and the terminal queues. */
function allowedQueues(work: TerminalWork, policy: Policy): Set<string> {
  const { body } = work.received;
  const own = parseMessage(body);
  const { message } = parseErrorEnvelope(body);
  return new Set([
    policy.queue,
    policy.happyEnd,
    policy.errorEnd,
    policy.deadLetter,
    ...(own.ok ? own.message.route.steps : []),
    ...(message?.route.steps ?? []),
  ]);
}

function bodyOf(send: Send, nowMs: number): Uint8Array {
  if (send.message === undefined) return encoder.encode(send.body);
  const begin = notBefore(send.delayMs ?? 0, nowMs);
  return begin === undefined
    ? encoder.encode(JSON.stringify(send.message))
    : withNotBefore(send.message, begin);
}

/** A wait that no queue offers stands in the message, where it is one. */
function withNotBefore(value: JsonObject, begin: string): Uint8Array {
  const parsed = parseMessage(value);
  if (!parsed.ok) return encoder.encode(JSON.stringify(value));
  const route = writeBookkeeping(parsed.message.route, { notBefore: begin });
  return encodeMessage({ ...parsed.message, route });
}

function notAllowed(queue: string, allowed: ReadonlySet<string>): Failure {
  const names = [...allowed].map((name) => `"${name}"`).join(", ");
  return createFailure("route_error", `a send goes to "${queue}"; allowed: ${names}`);
}

function tooLarge(queue: string, bytes: number, policy: Policy): Failure {
  return createFailure(
    "frame_too_large",
    `the send to "${queue}" has ${bytes} bytes; at most ${policy.maxMessageBytes} are allowed`,
  );
}
