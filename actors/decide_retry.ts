import {
  currentStep,
  deadlineMsOf,
  fingerprint,
  outcomeOf,
  readBookkeeping,
  type ReceivedFailure,
  retryPolicyOf,
  type Route,
  toWire,
  writeBookkeeping,
} from "@asya/protocol";
import type { MessageSend } from "./join_marker.ts";
import { retryDelayMs, type RetryRule } from "./retry_delay.ts";

/** What error-end makes of a failure. */
export interface RetryVerdict {
  /** How the step is tried again: as the message says, and else as the settings say. */
  readonly rule: RetryRule;
  /** What is wrong with what the message says; then none of it counts. */
  readonly problems: readonly string[];
  /** The message as the failing step received it, back to that step; absent: it is given up. */
  readonly retry?: MessageSend & { readonly delayMs: number };
}

/**
 * Decides whether failed work is tried again. It is given up where the failure is fatal and its code
 * is none that the policy names, where no try is left or the job is over before the next one, and
 * where there is no message to send, or no queue with room for it.
 *
 * @param received what failed
 * @param settings how every step is tried again whose messages say nothing else
 * @param limits cap on a queue's body, and the time that it is, in ms since the epoch
 * @example
 * ```ts
 * import { decideRetry } from "./decide_retry.ts";
 * import { parseErrorEnvelope } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { retry: { ocr: { attempts: 2, base: 1 } } } };
 * const failed = JSON.stringify({
 *   error: "retryable_error",
 *   original_message: { route: { steps: ["ocr"], current: 0, metadata }, payload: {} },
 * });
 * const settings = { attempts: 4, baseMs: 5000, factor: 2, maxMs: 60_000, jitter: 0, codes: [] };
 * const received = parseErrorEnvelope(new TextEncoder().encode(failed));
 * const { retry } = decideRetry(received, settings, { maxBytes: 1 << 20, nowMs: 0 });
 * assert.equal(retry?.queue, "ocr");
 * assert.equal(retry?.delayMs, 1000);
 * ```
 */
export function decideRetry(
  received: ReceivedFailure,
  settings: RetryRule,
  limits: { readonly maxBytes: number; readonly nowMs: number },
): RetryVerdict {
  const { failure, message, attempt, jobId } = received;
  const step = message && failedStep(received, message.route);
  if (!message || step === undefined) return { rule: settings, problems: [] };
  const { policy, problems } = retryPolicyOf(message.route, step);
  const rule = { ...settings, ...policy };
  const verdict = { rule, problems };
  if (outcomeOf(failure) === "give_up" && !rule.codes.includes(failure.code)) return verdict;
  const bookkeeping = readBookkeeping(message.route);
  const { branch = "" } = bookkeeping;
  const name = `${jobId || fingerprint(received.body)} ${branch} ${step}`;
  const { retryAfterSeconds } = failure;
  const failed = { attempt, name, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  const delayMs = retryDelayMs(failed, rule);
  if (delayMs === undefined) return verdict;
  if (limits.nowMs + delayMs >= deadlineMsOf(message, bookkeeping)) return verdict;
  const route = writeBookkeeping(message.route, {
    attempt: attempt + 1,
    // What was counted belongs to the try that failed.
    deliveries: undefined,
    redeliveries: undefined,
    notBefore: undefined,
  });
  const retried = toWire({ ...message, jobId, route });
  const bytes = new TextEncoder().encode(JSON.stringify(retried)).length;
  if (bytes > limits.maxBytes) return verdict;
  return { ...verdict, retry: { queue: step, message: retried, delayMs } };
}

/** The queue that failed, where the route knows it; else the one the route is at. */
function failedStep(received: ReceivedFailure, route: Route): string | undefined {
  const { step } = received;
  return step !== undefined && route.steps.includes(step) ? step : currentStep(route);
}
