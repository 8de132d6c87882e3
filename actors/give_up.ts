import {
  decodeUtf8,
  failureToWire,
  fingerprint,
  type JsonObject,
  readBookkeeping,
  type ReceivedFailure,
} from "@asya/protocol";
import { createMarker, endedBranch } from "./join_marker.ts";
import { isLateBranch } from "./late_branch.ts";
import { type Outcome, outcomeKey, routeForStore } from "./outcome.ts";

/** Where error-end's objects go. */
export const ERRORS_PREFIX = "asya-errors/";

/** How a failure is filed and told. */
export interface FailurePlace {
  /** When it was sent to error-end; files what does not say when its job began. */
  readonly sentAt: Date;
  /** The time of the report. */
  readonly now: Date;
  /** What the keys of outcomes begin with. */
  readonly prefix?: string | undefined;
  /** Whether the report has the stack, which whoever called the job can then read. */
  readonly reportsStack?: boolean;
}

/**
 * The outcome of work that is given up: a document with everything known about the failure and the
 * exact body, and the failed report (or, before a join, its marker). Of a branch that came late to
 * its join nobody is told.
 *
 * @param received what failed
 * @param place how it is filed and told
 */
export function failedOutcome(received: ReceivedFailure, place: FailurePlace): Outcome {
  const { failure, message, jobId, step, body } = received;
  const { sentAt, now, prefix = ERRORS_PREFIX, reportsStack = true } = place;
  const route = message?.route ?? { steps: [step ?? "unknown"], current: 0, metadata: {} };
  const errorDetails = detailsOf(received);
  const { stack: _, ...withoutStack } = errorDetails;
  const { created } = readBookkeeping(route);
  const isLate = isLateBranch(received);
  const branch = isLate ? readBookkeeping(route).branch : message && endedBranch(message);
  const text = decodeUtf8(body);
  const isTold = jobId !== "" && !isLate;
  const marker = message && isTold
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
    ...(isTold && !marker && {
      report: {
        jobId,
        status: "failed" as const,
        error: failure.code,
        errorDetails: reportsStack ? errorDetails : withoutStack,
        ...(branch !== undefined && { branch }),
        ...(message && { steps: message.route.steps, current: message.route.current }),
        timestamp: now.toISOString(),
      },
    }),
    ...(marker && { marker }),
  };
}

/** What is known of a failure: what was said of it, and of which try of which step it is. */
function detailsOf({ failure, step, actor, attempt }: ReceivedFailure): JsonObject {
  const { error: _, ...details } = failureToWire(failure);
  return {
    ...details,
    ...(step !== undefined && { step }),
    ...(actor !== undefined && { actor }),
    attempt,
  };
}
