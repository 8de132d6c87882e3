import {
  currentStep,
  decodeUtf8,
  failureToWire,
  fingerprint,
  outcomeOf,
  readBookkeeping,
  type ReceivedFailure,
  type Route,
  toWire,
  writeBookkeeping,
} from "@asya/protocol";
import { createMarker, endedBranch, type MessageSend } from "./join_marker.ts";
import { type Outcome, outcomeKey, routeForStore } from "./outcome.ts";
import { retryDelayMs, type RetryRule } from "./retry_delay.ts";

/** Where error-end's objects go. */
export const ERRORS_PREFIX = "asya-errors/";

/**
 * The retry of failed work: the message as the failing step received it, back to that step.
 *
 * @param received what failed
 * @param rule how often, how much later each time, and what a queue takes at most
 * @returns the send, or `undefined` when the work is to be given up: the failure is fatal, no
 *   retry is left, there is no message to send, or no queue has room for it
 */
export function createRetry(
  received: ReceivedFailure,
  rule: RetryRule & { readonly maxBytes: number },
): MessageSend | undefined {
  const { failure, message, attempt, jobId } = received;
  if (!message || outcomeOf(failure) === "give_up") return undefined;
  const queue = failedStep(received, message.route);
  const delayMs = retryDelayMs({ attempt, ...failure }, rule);
  if (queue === undefined || delayMs === undefined) return undefined;
  const route = writeBookkeeping(message.route, {
    attempt: attempt + 1,
    // What was counted belongs to the try that failed.
    deliveries: undefined,
    redeliveries: undefined,
    notBefore: undefined,
  });
  const retried = toWire({ ...message, jobId, route });
  const bytes = new TextEncoder().encode(JSON.stringify(retried)).length;
  return bytes > rule.maxBytes ? undefined : { queue, message: retried, delayMs };
}

/**
 * The outcome of work that is given up: a document with everything known about the failure and the
 * exact body, and the failed report (or, before a join, its marker).
 *
 * @param received what failed
 * @param sentAt when it was sent to error-end; files what does not say when its job began
 * @param now the time of the report
 * @param prefix what the keys of outcomes begin with
 */
export function failedOutcome(
  received: ReceivedFailure,
  sentAt: Date,
  now: Date,
  prefix: string = ERRORS_PREFIX,
): Outcome {
  const { failure, message, jobId, step, actor, attempt, body } = received;
  const route = message?.route ?? { steps: [step ?? "unknown"], current: 0, metadata: {} };
  const { error: _, ...details } = failureToWire(failure);
  const errorDetails = {
    ...details,
    ...(step !== undefined && { step }),
    ...(actor !== undefined && { actor }),
    attempt,
  };
  const { created } = readBookkeeping(route);
  const branch = message && endedBranch(message);
  const text = decodeUtf8(body);
  const marker = message && jobId !== ""
    ? createMarker({ ...message, jobId }, { outcome: "failed", error: failure.message })
    : undefined;
  return {
    key: outcomeKey({
      prefix,
      name: jobId || fingerprint(body, 32),
      route,
      sentAt,
    }),
    document: {
      ...(jobId !== "" && { job_id: jobId }),
      status: "failed",
      ...(branch !== undefined && { branch }),
      ...(created !== undefined && { created }),
      error: failure.code,
      error_details: errorDetails,
      ...(message && { route: routeForStore(message.route) }),
      ...(text !== undefined
        ? { original_message: text }
        : { original_message: body.toBase64(), original_encoding: "base64" }),
    },
    ...(jobId !== "" && !marker && {
      report: {
        jobId,
        status: "failed" as const,
        error: failure.code,
        errorDetails,
        ...(branch !== undefined && { branch }),
        ...(message && { steps: message.route.steps, current: message.route.current }),
        timestamp: now.toISOString(),
      },
    }),
    ...(marker && { marker }),
  };
}

/** The queue that failed, where the route knows it; else the one the route is at. */
function failedStep(received: ReceivedFailure, route: Route): string | undefined {
  const { step } = received;
  return step !== undefined && route.steps.includes(step) ? step : currentStep(route);
}
