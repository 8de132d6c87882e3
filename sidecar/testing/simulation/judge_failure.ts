import {
  checkHops,
  decodeUtf8,
  FAILURE_HEADER,
  isFinished,
  isJsonObject,
  type JsonObject,
  parseJson,
  readBookkeeping,
} from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import { CaseFile, type Hold } from "./case_file.ts";
import { breach, ended, type Facts, type Judgement } from "./judgement.ts";
import { countsOfBody, countsOfHeaders } from "./judge_resend.ts";

/** Whether a failure that was confirmed is one that happened, and is told as it should be. */
export function judgeFailure(
  hold: Hold,
  file: CaseFile,
  facts: Facts,
  failed: Outgoing,
): Judgement {
  const head = readHead(failed);
  if (!head) return breach("what went to error-end says no failure");
  const code = String(head.error);
  if (!isBodyKept(hold, failed, head)) return breach(`${code} does not hold the body as it came`);
  const problem = hold.delivery.redelivered
    ? checkRedelivered(code, hold, facts)
    : checkCause(code, hold, file, facts) ?? checkLast(code, hold, facts);
  if (problem !== undefined) return breach(`${code}: ${problem}`);
  const { isTerminal, retryTimeouts } = facts.rules.policy;
  const details = isJsonObject(head.error_details) ? head.error_details : {};
  const isFatal = details.severity === "fatal";
  if (code === "timeout_error" && !isTerminal && isFatal === retryTimeouts) {
    return breach("a timeout has the wrong severity");
  }
  // Of a fan-out, some may have been confirmed before one was found to have no queue.
  if (code === "route_error") file.confirmed.length = 0;
  return ended(`failed: ${code}${causeOf(code, hold, facts)}`);
}

/** Of codes with several causes, which one it was. */
function causeOf(code: string, { delivery, message }: Hold, { rules: { policy } }: Facts): string {
  if (code === "connection_error") {
    return delivery.redelivered ? " (came again too often)" : " (killed its runtime)";
  }
  if (code !== "route_error" || !message) return "";
  const { steps, current } = message.route;
  if (current >= policy.maxHops) return " (too many hops)";
  const isAllowed = policy.allowedSteps?.has(steps[current + 1] ?? "ocr") ?? true;
  return isAllowed ? " (no queue)" : " (step not allowed)";
}

/** A redelivered message is counted before anybody looks at it, once it can be read at all. */
function checkRedelivered(code: string, hold: Hold, { rules }: Facts): string | undefined {
  const { isTerminal, maxRedeliveries } = rules.policy;
  if (code === "malformed_message" && isUnreadable(hold) && !isTerminal) return undefined;
  const { redeliveries } = isTerminal
    ? countsOfHeaders(hold.delivery.headers)
    : countsOfBody(hold.delivery);
  if (code === "connection_error" && redeliveries >= maxRedeliveries) return undefined;
  return code === "frame_too_large" ? undefined : `after ${redeliveries} redeliveries`;
}

function checkCause(
  code: string,
  hold: Hold,
  file: CaseFile,
  facts: Facts,
): string | undefined {
  const { message, delivery: { body } } = hold;
  const { rules: { policy, options, maxFrameBytes }, nowMs, wallMs } = facts;
  const said = CaseFile.take(
    file.answers,
    ({ expected }) => expected.kind === "failure" && expected.code === code,
  );
  if (said) {
    const isOver = message && facts.inactiveSinceMs(message.jobId) < said.atMs;
    return isOver && !policy.isTerminal ? "its job is over" : undefined;
  }
  if (policy.isTerminal && code === "route_error") return "nobody said so";
  switch (code) {
    case "malformed_message":
      return isUnreadable(hold) ? undefined : "it is well formed";
    case "deadline_exceeded": {
      const { deadline } = message ? readBookkeeping(message.route) : {};
      const isOver = deadline !== undefined && Date.parse(deadline) <= wallMs;
      return isOver ? undefined : `its deadline is ${deadline}`;
    }
    case "route_error": {
      if (message && checkHops(message.route, policy.maxHops)) return undefined;
      const next = message?.route.steps[message.route.current + 1];
      if (next !== undefined && policy.allowedSteps?.has(next) === false) return undefined;
      return checkRouteWait(file, nowMs, options.routeWaitMs);
    }
    case "timeout_error":
      if (CaseFile.take(file.deaths, (reason) => reason === "timeout")) return undefined;
      return CaseFile.take(file.mishaps, (mishap) => mishap === "timeout")
        ? undefined
        : "no call took too long";
    case "oom_error":
      return CaseFile.take(file.deaths, (reason) => reason === "oom") ? undefined : "nobody did";
    case "connection_error":
      return checkDeaths(hold, file, facts);
    case "frame_too_large": {
      if (CaseFile.take(file.mishaps, (mishap) => mishap === "oversized")) return undefined;
      if (body.length > maxFrameBytes - 200) return undefined;
      // Too large to be counted, whatever it was that should have been.
      file.deaths.pop();
      return body.length > policy.maxMessageBytes - 200 ? undefined : "nothing was";
    }
    default:
      return "nobody said so";
  }
}

/** A missing queue was waited for, for as long as is due. */
function checkRouteWait(file: CaseFile, nowMs: number, dueMs: number): string | undefined {
  const waitOf = (out: Outgoing) => nowMs - (file.since.get(out) ?? nowMs);
  const longest = [...file.unroutable].sort((a, b) => waitOf(b) - waitOf(a))[0];
  if (!longest) return "no queue was missing";
  file.unroutable.delete(longest);
  const longestMs = waitOf(longest);
  return longestMs >= dueMs ? undefined : `a queue was waited for ${longestMs} of ${dueMs} ms`;
}

/** A terminal actor that asks for another try, or has one left that can help, gets it. */
function checkLast(code: string, hold: Hold, { rules }: Facts): string | undefined {
  const { isTerminal, maxDeliveries } = rules.policy;
  if (!isTerminal || code === "connection_error" || code === "frame_too_large") return undefined;
  const { attempt } = countsOfHeaders(hold.delivery.headers);
  if (code === "retryable_error") return "it asked for another try";
  return attempt >= maxDeliveries ? undefined : `given up at attempt ${attempt}`;
}

function checkDeaths(hold: Hold, file: CaseFile, { rules }: Facts): string | undefined {
  const { isTerminal, maxDeliveries } = rules.policy;
  const { deliveries } = isTerminal
    ? countsOfHeaders(hold.delivery.headers)
    : countsOfBody(hold.delivery);
  const death = CaseFile.take(file.deaths, (reason) => reason !== "oom" && reason !== "timeout");
  if (!death) return "the runtime did not die of it";
  return deliveries + 1 >= maxDeliveries ? undefined : `after ${deliveries + 1} deaths`;
}

function isUnreadable({ message }: Hold): boolean {
  return message === undefined || isFinished(message.route);
}

/** The failure, from the envelope or, where the body is none, from beside it. */
function readHead({ body, headers = {} }: Outgoing): JsonObject | undefined {
  const json = parseJson(headers[FAILURE_HEADER] ?? body);
  return json.ok && isJsonObject(json.value) ? json.value : undefined;
}

function isBodyKept({ delivery }: Hold, { body, headers = {} }: Outgoing, head: JsonObject) {
  const { original_message: original, original_encoding: encoding } = head;
  if (headers[FAILURE_HEADER] !== undefined) return isEqual(body, delivery.body);
  if (typeof original !== "string") return false;
  if (encoding !== "base64") return original === decodeUtf8(delivery.body);
  return isEqual(Uint8Array.fromBase64(original), delivery.body);
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
