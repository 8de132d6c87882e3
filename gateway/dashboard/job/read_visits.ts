import {
  isTerminal,
  type Job,
  type JobUpdate,
  parentBranch,
  readBookkeeping,
} from "@asya/protocol";
import { readBranchEnds } from "./branch_ends.ts";
import type { StepUpdate, Visit } from "./visit.ts";

/** A visit while updates about it are read. */
interface Draft {
  readonly step: string;
  readonly stepIndex: number;
  readonly branch: string;
  readonly attempt: number;
  readonly receivedMs: number;
  /** When the try before failed: the message has waited for this one since. */
  readonly failedBeforeMs: number | undefined;
  processingMs?: number;
  completedMs?: number;
  /** What the step measured from its message's arrival to the end, in milliseconds. */
  durationMs?: number;
  /** When it was told that it failed. */
  failedMs?: number;
  /** Whether it was given up then; else it will be tried again. */
  isGivenUp?: boolean;
  /** Whether it brought a join no work, but word that its branch was given up. */
  readonly isMarker?: boolean;
  /** When another try of the same began. */
  againMs?: number;
  message: string;
}

/**
 * Reads from a job's updates which steps had its messages, when, and how often: one visit for each
 * try of each step at each message, in the order in which they began.
 *
 * Updates carry the gateway's time, at which they were recorded; they come a few milliseconds late,
 * and several may come at once. A step that is done also says how long it had the message, by its
 * own clock: where it does, that is what the work is measured by.
 *
 * @param job the job
 * @param updates its updates, in order
 */
export function readVisits(job: Job, updates: readonly JobUpdate[]): Visit[] {
  const { ended, failed } = readBranchEnds(updates);
  const joins = new Set(readBookkeeping(job.route).joins);
  const drafts = readDrafts(job, updates).map((draft) =>
    failed.has(draft.branch) && joins.has(draft.stepIndex) ? { ...draft, isMarker: true } : draft
  );
  const kin = new Kin(drafts);
  const visits = drafts.filter(({ isMarker, isGivenUp }) => !isMarker || isGivenUp)
    .map((draft) => toVisit(draft, job, kin));
  if (!isTerminal(job.status)) visits.push(...waitingVisits(job, drafts, kin, ended));
  return visits.sort((one, other) =>
    one.availableMs - other.availableMs || one.stepIndex - other.stepIndex
  );
}

function readDrafts(job: Job, updates: readonly JobUpdate[]): Draft[] {
  const drafts: Draft[] = [];
  const latest = new Map<string, Draft>();
  for (const update of updates) {
    const stepUpdate = withPosition(job, update);
    if (stepUpdate === undefined) continue;
    const { stepIndex, branch = "", stepStatus } = stepUpdate;
    const key = `${stepIndex} ${branch}`;
    const open = latest.get(key);
    const ms = Date.parse(stepUpdate.timestamp);
    if (stepStatus === "error") {
      const isGivenUp = stepUpdate.branchOutcome === "failed";
      // Who tells of a failure does not always know of which branch. Where a join has failed, it is
      // the branch that it was to put together which is given up.
      const failed = open ?? (isGivenUp ? findWithin(drafts, stepIndex, branch) : undefined);
      if (failed) Object.assign(failed, { failedMs: ms, isGivenUp, message: stepUpdate.message });
      continue;
    }
    const draft = open === undefined || isAnotherTry(open, stepStatus)
      ? begin(stepUpdate, ms, open)
      : open;
    if (draft !== open) {
      latest.set(key, draft);
      drafts.push(draft);
    }
    if (stepStatus === "processing") draft.processingMs ??= ms;
    if (stepStatus === "completed") draft.completedMs ??= ms;
    if (stepUpdate.durationMs !== undefined) draft.durationMs = stepUpdate.durationMs;
    draft.message = stepUpdate.message;
  }
  return drafts;
}

/** The latest visit to a step by a message that came of a branch. */
function findWithin(
  drafts: readonly Draft[],
  stepIndex: number,
  branch: string,
): Draft | undefined {
  return drafts.findLast((draft) =>
    draft.stepIndex === stepIndex && draft.branch.startsWith(`${branch}/`)
  );
}

/** An update of a step; one that older gateways recorded does not say where in the route it is. */
function withPosition(job: Job, update: JobUpdate): StepUpdate | undefined {
  const { step, stepIndex = job.route.steps.indexOf(step ?? "") } = update;
  return step === undefined || stepIndex < 0 ? undefined : { ...update, step, stepIndex };
}

function isAnotherTry(open: Draft, stepStatus: JobUpdate["stepStatus"]): boolean {
  if (stepStatus === "received") return open.processingMs !== undefined || isOver(open);
  return stepStatus === "processing" && isOver(open);
}

function isOver({ completedMs, failedMs }: Draft): boolean {
  return completedMs !== undefined || failedMs !== undefined;
}

function begin(update: StepUpdate, ms: number, before: Draft | undefined): Draft {
  if (before) before.againMs = ms;
  return {
    step: update.step,
    stepIndex: update.stepIndex,
    branch: update.branch ?? "",
    attempt: (before?.attempt ?? 0) + 1,
    receivedMs: ms,
    failedBeforeMs: before?.failedMs,
    message: update.message,
  };
}

function toVisit(draft: Draft, job: Job, kin: Kin): Visit {
  const { step, stepIndex, branch, attempt, message, receivedMs } = draft;
  const availableMs = Math.min(receivedMs, draft.failedBeforeMs ?? availableSince(draft, job, kin));
  const known = { step, stepIndex, branch, attempt, message, availableMs };
  const { completedMs, processingMs, againMs, failedMs, isGivenUp } = draft;
  if (completedMs !== undefined && !isGivenUp) {
    const startedMs = workBegan(draft, completedMs);
    const isTimed = draft.durationMs !== undefined || startedMs < completedMs;
    return {
      ...known,
      state: "done",
      startedMs: Math.max(availableMs, startedMs),
      endedMs: completedMs,
      isTimed,
    };
  }
  const started = processingMs !== undefined && { startedMs: processingMs };
  const endedMs = failedMs ?? againMs;
  if (endedMs !== undefined) {
    const isTimed = failedMs !== undefined;
    const isLast = againMs === undefined && isTerminal(job.status);
    const state = isGivenUp && againMs === undefined
      ? "failed"
      : isLast
      ? stateAtEnd(draft, job)
      : "again";
    return { ...known, ...started, state, endedMs, isTimed };
  }
  // A join that has taken a branch in says nothing further of it.
  if (processingMs !== undefined && readBookkeeping(job.route).joins?.includes(stepIndex)) {
    return { ...known, ...started, state: "joined", endedMs: processingMs, isTimed: false };
  }
  if (!isTerminal(job.status)) {
    return { ...known, ...started, state: started ? "working" : "held", isTimed: true };
  }
  const state = stateAtEnd(draft, job);
  const atEndMs = Math.max(receivedMs, Date.parse(job.updatedAt));
  return { ...known, ...started, state, endedMs: atEndMs, isTimed: state !== "done" };
}

/** How a visit ended that was under way when its job ended. */
function stateAtEnd({ step, branch, failedMs }: Draft, job: Job): Visit["state"] {
  if (job.status === "Succeeded") {
    // A join went on without a branch that was to be tried again.
    return branch !== "" && failedMs !== undefined ? "stopped" : "done";
  }
  if (job.endedBy !== "report") return "stopped";
  const { step: failedStep } = job.errorDetails ?? {};
  return branch === "" || failedStep === step ? "failed" : "stopped";
}

/**
 * When the work began: as long before the end as the step measured, apart from the time for which it
 * held the message before its handler was free.
 */
function workBegan({ durationMs, processingMs, receivedMs }: Draft, completedMs: number): number {
  const processing = Math.min(processingMs ?? completedMs, completedMs);
  if (durationMs === undefined) return processing;
  const heldMs = Math.max(0, processing - receivedMs);
  const worked = processingMs === undefined ? durationMs : Math.max(0, durationMs - heldMs);
  return completedMs - worked;
}

/** Since when a step could have had a message: since a step before was done, or it was tried. */
function availableSince(draft: Draft, job: Job, kin: Kin): number {
  const { stepIndex, branch, attempt, receivedMs } = draft;
  if (attempt > 1) return receivedMs;
  const before = kin.of(branch).filter((other) =>
    other.stepIndex < stepIndex && other.completedMs !== undefined
  );
  if (before.length === 0) return Date.parse(job.createdAt);
  const lastIndex = before.reduce((last, other) => Math.max(last, other.stepIndex), 0);
  const sinceMs = before
    .filter(({ stepIndex, completedMs = 0 }) =>
      stepIndex === lastIndex && completedMs <= receivedMs
    )
    .reduce((latest, { completedMs = 0 }) => Math.max(latest, completedMs), 0);
  return sinceMs || receivedMs;
}

/** Messages that wait in the queue of a step which nobody has told of yet. */
function waitingVisits(
  job: Job,
  drafts: readonly Draft[],
  kin: Kin,
  ended: ReadonlySet<string>,
): Visit[] {
  const waiting = (
    stepIndex: number,
    branch: string,
    availableMs: number,
    attempt: number = 1,
  ): Visit[] => {
    const step = job.route.steps[stepIndex];
    if (step === undefined) return [];
    const known = { step, stepIndex, branch, attempt, message: "", availableMs };
    return [{ ...known, state: "waiting", isTimed: true }];
  };
  if (drafts.length === 0) return waiting(job.firstStep, "", Date.parse(job.createdAt));
  return drafts.flatMap((draft) => {
    const { branch, stepIndex, completedMs, failedMs, againMs, attempt, isMarker } = draft;
    if (draft.isGivenUp || (isMarker && completedMs === undefined)) return [];
    if (failedMs !== undefined && againMs === undefined && completedMs === undefined) {
      return waiting(stepIndex, branch, failedMs, attempt + 1);
    }
    const hasEnded = ended.has(branch) && !isMarker;
    if (completedMs === undefined || againMs !== undefined || hasEnded) return [];
    const hasGoneOn = kin.of(branch).some((other) => other.stepIndex > stepIndex);
    // The last word that a join waited for sends on what it put together.
    const way = isMarker ? parentBranch(branch) ?? "" : branch;
    return hasGoneOn ? [] : waiting(stepIndex + 1, way, completedMs);
  });
}

/**
 * Which visits belong to one way through a job: to the same branch, to those that it came of, or to
 * those that came of it, as they were joined.
 */
class Kin {
  readonly #within = new Map<string, Draft[]>();
  readonly #exactly = new Map<string, Draft[]>();

  constructor(drafts: readonly Draft[]) {
    for (const draft of drafts) {
      addTo(this.#exactly, draft.branch, draft);
      for (const lineage of [draft.branch, ...ancestorsOf(draft.branch)]) {
        addTo(this.#within, lineage, draft);
      }
    }
  }

  of(branch: string): Draft[] {
    const before = ancestorsOf(branch).flatMap((lineage) => this.#exactly.get(lineage) ?? []);
    return [...this.#within.get(branch) ?? [], ...before];
  }
}

function addTo(map: Map<string, Draft[]>, key: string, draft: Draft): void {
  const known = map.get(key);
  if (known) known.push(draft);
  else map.set(key, [draft]);
}

/** The lineages that a branch came of, the nearest first; `""` is the job itself. */
function ancestorsOf(branch: string): string[] {
  const found: string[] = [];
  for (let at = branch; at !== "";) {
    at = parentBranch(at) ?? "";
    found.push(at);
  }
  return found;
}
