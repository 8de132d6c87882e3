import {
  type Failure,
  fingerprint,
  isFinished,
  type Json,
  type Message,
  parseMessage,
  readBookkeeping,
} from "@asya/protocol";
import { createMarker, endedBranch } from "./join_marker.ts";
import { type Outcome, outcomeKey, routeForStore } from "./outcome.ts";
import type { TerminalInput } from "./terminal_input.ts";

/** What happy-end makes of a body. */
export type Finish =
  /** A job, or a branch of one, ended well. */
  | { readonly kind: "finished"; readonly message: Message; readonly outcome: Outcome }
  /** The body is no message: nobody can say what ended. */
  | { readonly kind: "unreadable"; readonly failure: Failure };

/** Where happy-end's objects go, unless the settings say otherwise. */
export const RESULTS_PREFIX = "asya-results/";

/**
 * Decides what a body in happy-end's queue means.
 *
 * A route that is not at its end is an early end: the result is then `null` for a branch and the
 * payload for a whole job. A branch that ends before a join is not reported; the join gets a marker.
 *
 * @param input the body as it came
 * @param now the time, for a body that has none of its own
 * @param prefix what the keys of outcomes begin with
 * @example
 * ```ts
 * import { decideFinish } from "./finish.ts";
 * import assert from "node:assert/strict";
 * const message = { job_id: "j1", route: { steps: ["a"], current: 1 }, payload: { answer: 42 } };
 * const body = new TextEncoder().encode(JSON.stringify(message));
 * const finish = decideFinish({ body }, new Date());
 * assert(finish.kind === "finished");
 * assert.deepEqual(finish.outcome.report?.result, { answer: 42 });
 * ```
 */
export function decideFinish(
  input: TerminalInput,
  now: Date,
  prefix: string = RESULTS_PREFIX,
): Finish {
  const parsed = parseMessage(input.body);
  if (!parsed.ok) return { kind: "unreadable", failure: parsed.failure };
  const { message } = parsed;
  const { jobId, route } = message;
  const { created } = readBookkeeping(route);
  const branch = endedBranch(message);
  const early = !isFinished(route);
  const result: Json = early && branch !== undefined ? null : message.payload;
  const marker = early ? createMarker(message, { outcome: "empty" }) : undefined;
  const reported = jobId !== "" && marker === undefined;
  return {
    kind: "finished",
    message,
    outcome: {
      key: outcomeKey({
        prefix,
        name: jobId || fingerprint(input.body, 32),
        route,
        sentAt: input.sentAt ?? now,
      }),
      document: {
        ...(jobId !== "" && { job_id: jobId }),
        status: "succeeded",
        ...(branch !== undefined && { branch }),
        ...(early && { early_end: true }),
        ...(created !== undefined && { created }),
        result,
        route: routeForStore(route),
      },
      ...(reported && {
        report: {
          jobId,
          status: "succeeded" as const,
          result,
          ...(branch !== undefined && { branch }),
          steps: route.steps,
          current: route.current,
          timestamp: now.toISOString(),
        },
      }),
      ...(marker && { marker }),
    },
  };
}
