import { afterReport, type ReportOutcome } from "./gateway_answer.ts";
import type { GatewayReporter } from "./gateway_report.ts";
import type { ActorEvent } from "./event.ts";
import type { ObjectStore, RefusedObject, StoredObject } from "./object_store.ts";
import { encodeDocument, type Outcome } from "./outcome.ts";

/** Where outcomes go; what is not configured is left out. */
export interface Destinations {
  readonly store?: ObjectStore;
  readonly reporter?: GatewayReporter;
}

/** How far an outcome got. */
export type Settled =
  /** Stored and reported, where each is configured: the message may be acknowledged. */
  | { readonly kind: "done"; readonly storedAt?: string }
  /** The store or the gateway will never take it. */
  | { readonly kind: "dead_letter"; readonly storedAt?: string; readonly reason: string }
  /** The store or the gateway may take it later. */
  | {
    readonly kind: "try_later";
    readonly reason: string;
    readonly retryAfterSeconds?: number;
  };

/**
 * Stores an outcome, then reports it with its place. Doing it again changes nothing: the store
 * leaves alone what it has, the gateway ignores what it knows.
 *
 * @param outcome what to store and to report
 * @param to where it goes
 * @param call `signal` ends the waiting for the gateway; `onEvent` hears what happened
 */
export async function settleOutcome(
  outcome: Outcome,
  to: Destinations,
  call: { signal: AbortSignal; onEvent: (event: ActorEvent) => void },
): Promise<Settled> {
  const { report, key, document } = outcome;
  const jobId = report?.jobId ?? "";
  let put: StoredObject | RefusedObject | undefined;
  try {
    put = await to.store?.put(key, encodeDocument(document));
  } catch (error) {
    // A full disk or a store that is away says nothing about the outcome, and must not cost it.
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "try_later", reason: `it cannot be stored: ${reason}` };
  }
  const refused = put?.outcome === "refused" ? put : undefined;
  const object = put?.outcome === "refused" ? undefined : put;
  if (refused) call.onEvent({ kind: "store_refused", jobId, reason: refused.reason });
  if (object) call.onEvent({ kind: "stored", jobId, object });
  const place = object && { storedAt: object.uri };
  if (!report || !to.reporter) return done(refused, place);
  const final = object ? { ...report, resultUri: object.uri } : report;
  const answer = await to.reporter.report(final, call.signal);
  const event = eventOf(answer, report);
  if (event) call.onEvent(event);
  const after = afterReport(answer, object !== undefined);
  switch (after) {
    case "done":
      return done(refused, place);
    case "dead_letter":
      return { kind: after, ...place, reason: reasonOf(answer) };
    case "try_later":
      return {
        kind: after,
        reason: reasonOf(answer),
        ...(answer.kind === "unavailable" && answer.retryAfterSeconds !== undefined &&
          { retryAfterSeconds: answer.retryAfterSeconds }),
      };
  }
}

/** What the store would not take is for the dead letters, whoever was told of it. */
function done(refused: RefusedObject | undefined, place?: { storedAt: string }): Settled {
  if (!refused) return { kind: "done", ...place };
  return { kind: "dead_letter", reason: `the store refused it: ${refused.reason}` };
}

function eventOf(
  answer: ReportOutcome,
  report: NonNullable<Outcome["report"]>,
): ActorEvent | undefined {
  const { jobId, status } = report;
  switch (answer.kind) {
    case "reported":
      return { kind: "reported", jobId, status };
    case "unknown_job":
      return { kind: "unknown_job", jobId };
    case "refused":
      return { kind: "report_refused", jobId, detail: answer.detail };
    case "unavailable":
      return undefined; // the failure that follows says it
  }
}

function reasonOf(answer: ReportOutcome): string {
  return "detail" in answer ? answer.detail : "the gateway does not know the job";
}
