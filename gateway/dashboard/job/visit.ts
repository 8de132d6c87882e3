import type { JobUpdate } from "@asya/protocol";

/**
 * How a visit to a step gets on: its message waits in the step's queue; the step holds it, and its
 * handler is not there yet; the handler works; it is done; a join has taken it in; it failed, or was
 * given back, and is tried again; it failed for good; the job ended before it did.
 */
export type VisitState =
  | "waiting"
  | "held"
  | "working"
  | "done"
  | "joined"
  | "again"
  | "failed"
  | "stopped";

/** One try of one step at one message of a job; times in milliseconds since the epoch. */
export interface Visit {
  readonly step: string;
  /** Position of the step in the route. */
  readonly stepIndex: number;
  /** Lineage of the message; `""` outside of any fan-out. */
  readonly branch: string;
  /** 1 for the first try that was seen. */
  readonly attempt: number;
  readonly state: VisitState;
  /** Since when the step could have had the message. */
  readonly availableMs: number;
  /** When the work began; absent while it has not. */
  readonly startedMs?: number;
  /** When it ended, however it did; absent while it has not. */
  readonly endedMs?: number;
  /** Whether anything tells when the work began and ended. */
  readonly isTimed: boolean;
  /** What was said last of it. */
  readonly message: string;
}

/** An update of a step, of which the position is known. */
export type StepUpdate = JobUpdate & { readonly step: string; readonly stepIndex: number };

/** How long a visit's message waited, in milliseconds. */
export function waitedMs(visit: Visit, nowMs: number): number {
  const end = visit.startedMs ?? visit.endedMs ?? nowMs;
  return Math.max(0, end - visit.availableMs);
}

/** How long a visit's handler worked, in milliseconds; `undefined` where nothing tells. */
export function workedMs(visit: Visit, nowMs: number): number | undefined {
  const { startedMs, endedMs = nowMs, isTimed } = visit;
  return startedMs === undefined || !isTimed ? undefined : Math.max(0, endedMs - startedMs);
}
