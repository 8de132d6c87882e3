/**
 * Writes our own values with the words of the vectors, which belong to no language.
 *
 * @module
 */
import {
  createFailure,
  type FailedWork,
  type Failure,
  finalToWire,
  type Json,
  type JsonObject,
  type Message,
  type Output,
  parseFinalReport,
  parseHeartbeat,
  parseMessage,
  parseProgressReport,
  progressToWire,
  type ReadResult,
  type Reply,
} from "../mod.ts";

/** What a message means, in the vectors' words. */
export function meaningOf(message: Message): JsonObject {
  return {
    job_id: message.jobId,
    steps: [...message.route.steps],
    current: message.route.current,
    metadata: message.route.metadata,
    headers: message.headers,
    payload: message.payload,
    ...(message.deadline !== undefined && { deadline: message.deadline }),
    unknown: message.extra,
    route_unknown: message.routeExtra,
  };
}

/** What a failure means, in the vectors' words. */
export function wireFailureOf(failure: Failure): JsonObject {
  const { retryAfterSeconds, ...rest } = failure;
  return {
    ...rest,
    ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
  };
}

/** What a reply means, in the vectors' words. */
export function wireReplyOf(reply: Reply): JsonObject {
  switch (reply.kind) {
    case "output":
    case "joined":
      return { kind: reply.kind, output: outputOf(reply.output) };
    case "fan_out":
      return { kind: reply.kind, outputs: reply.outputs.map((one) => one && outputOf(one)) };
    case "empty":
      return { kind: reply.kind };
    case "absorbed":
      return { kind: reply.kind, ...(reply.wakeMs !== undefined && { wake_ms: reply.wakeMs }) };
    case "sends":
      return {
        kind: reply.kind,
        sends: reply.sends.map(({ delayMs, ...send }) => ({
          ...send,
          ...(delayMs !== undefined && { delay_ms: delayMs }),
        })),
      };
    case "failure":
      return { kind: reply.kind, failure: wireFailureOf(reply.failure) };
  }
}

/** What a report says, as ours would say it, or what is wrong with it. */
export function readReport(
  kind: string,
  value: Json,
): { meaning: JsonObject } | { problems: string[] } {
  switch (kind) {
    case "progress":
      return said(parseProgressReport(value), progressToWire);
    case "heartbeat":
      return said(parseHeartbeat(value), ({ actorName, status, message, stepIndex }) => ({
        actor_name: actorName,
        status,
        message,
        ...(stepIndex !== undefined && { step_index: stepIndex }),
      }));
    case "final":
      return said(parseFinalReport(value), finalToWire);
    default:
      throw new TypeError(`the kind is ${kind}; progress, heartbeat or final is allowed`);
  }
}

function said<T>(
  read: ReadResult<T>,
  toWire: (report: T) => JsonObject,
): { meaning: JsonObject } | { problems: string[] } {
  return read.ok ? { meaning: toWire(read.value) } : { problems: read.problems };
}

/** Failed work, from a vector that says body, failure, step and actor. */
export function failedWorkOf(
  vector: {
    bytes: Uint8Array;
    failure: { code: string; message: string; severity: string } & Record<string, unknown>;
    step: string;
    actor: string;
  },
): FailedWork {
  const { code, message, severity, type, stack, retry_after } = vector.failure;
  const parsed = parseMessage(vector.bytes);
  return {
    failure: createFailure(code, message, {
      severity: severity === "recoverable" ? "recoverable" : "fatal",
      type: typeof type === "string" ? type : undefined,
      stack: typeof stack === "string" ? stack : undefined,
      retryAfterSeconds: typeof retry_after === "number" ? retry_after : undefined,
    }),
    body: vector.bytes,
    ...(parsed.ok && { message: parsed.message }),
    step: vector.step,
    actor: vector.actor,
  };
}

function outputOf({ delayMs, extra, ...output }: Output): JsonObject {
  return {
    ...output,
    ...(extra && { unknown: extra }),
    ...(delayMs !== undefined && { delay_ms: delayMs }),
  };
}
