import { isTerminal, type Job, type JobUpdate, readBookkeeping } from "@asya/protocol";
import type { StepUpdate, Visit } from "./visit.ts";

/** A visit while updates about it are read. */
interface Draft {
  readonly step: string;
  readonly stepIndex: number;
  readonly branch: string;
  readonly attempt: number;
  readonly receivedMs: number;
  processingMs?: number;
  completedMs?: number;
  /** What the step measured from its message's arrival to the end, in milliseconds. */
  durationMs?: number;
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
  const drafts = readDrafts(job, updates);
  const ended = new Set(
    updates.filter(({ branch, step }) => branch !== undefined && step === undefined)
      .map(({ branch = "" }) => branch),
  );
  const visits = drafts.map((draft) => toVisit(draft, job, drafts));
  if (!isTerminal(job.status)) visits.push(...waitingVisits(job, drafts, ended));
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

/** An update of a step; one that older gateways recorded does not say where in the route it is. */
function withPosition(job: Job, update: JobUpdate): StepUpdate | undefined {
  const { step, stepIndex = job.route.steps.indexOf(step ?? "") } = update;
  return step === undefined || stepIndex < 0 ? undefined : { ...update, step, stepIndex };
}

function isAnotherTry(open: Draft, stepStatus: JobUpdate["stepStatus"]): boolean {
  if (stepStatus === "received") return open.processingMs !== undefined || isOver(open);
  return stepStatus === "processing" && isOver(open);
}

function isOver({ completedMs }: Draft): boolean {
  return completedMs !== undefined;
}

function begin(update: StepUpdate, ms: number, before: Draft | undefined): Draft {
  if (before) before.againMs = ms;
  return {
    step: update.step,
    stepIndex: update.stepIndex,
    branch: update.branch ?? "",
    attempt: (before?.attempt ?? 0) + 1,
    receivedMs: ms,
    message: update.message,
  };
}

function toVisit(draft: Draft, job: Job, drafts: readonly Draft[]): Visit {
  const { step, stepIndex, branch, attempt, message, receivedMs } = draft;
  const availableMs = Math.min(receivedMs, availableSince(draft, job, drafts));
  const known = { step, stepIndex, branch, attempt, message, availableMs };
  const { completedMs, processingMs, againMs } = draft;
  if (completedMs !== undefined) {
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
  if (againMs !== undefined) {
    return { ...known, ...started, state: "again", endedMs: againMs, isTimed: false };
  }
  if (!isTerminal(job.status)) {
    const isJoin = readBookkeeping(job.route).joins?.includes(stepIndex) ?? false;
    const working = isJoin ? "held" : "working";
    return { ...known, ...started, state: started ? working : "held", isTimed: true };
  }
  const endedMs = Math.max(receivedMs, Date.parse(job.updatedAt));
  const state = stateAtEnd(draft, job);
  return { ...known, ...started, state, endedMs, isTimed: state !== "done" };
}

/** How a visit ended that was under way when its job ended. */
function stateAtEnd({ step, branch }: Draft, job: Job): Visit["state"] {
  if (job.status === "Succeeded") return "done";
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

/** Since when a step could have had a message: since a step before it was done, or it was tried. */
function availableSince(draft: Draft, job: Job, drafts: readonly Draft[]): number {
  const { stepIndex, branch, attempt, receivedMs } = draft;
  if (attempt > 1) return receivedMs;
  const before = drafts.filter((other) =>
    other.stepIndex < stepIndex && other.completedMs !== undefined &&
    isRelated(other.branch, branch)
  );
  const lastIndex = Math.max(-1, ...before.map((other) => other.stepIndex));
  const ends = before.filter((other) => other.stepIndex === lastIndex)
    .map(({ completedMs = 0 }) => completedMs).filter((ms) => ms <= receivedMs);
  if (ends.length > 0) return Math.max(...ends);
  return before.length > 0 ? receivedMs : Date.parse(job.createdAt);
}

/** Whether one message came of the other: it is the same, a branch of it, or joined from branches. */
function isRelated(one: string, other: string): boolean {
  return one === other || other.startsWith(`${one}/`) || one.startsWith(`${other}/`);
}

/** Messages that wait in the queue of a step which nobody has told of yet. */
function waitingVisits(job: Job, drafts: readonly Draft[], ended: ReadonlySet<string>): Visit[] {
  const waiting = (stepIndex: number, branch: string, availableMs: number): Visit[] => {
    const step = job.route.steps[stepIndex];
    if (step === undefined) return [];
    const known = { step, stepIndex, branch, attempt: 1, message: "", availableMs };
    return [{ ...known, state: "waiting", isTimed: true }];
  };
  if (drafts.length === 0) return waiting(job.firstStep, "", Date.parse(job.createdAt));
  const lastOf = new Map<string, Draft>();
  for (const draft of drafts) {
    const last = lastOf.get(draft.branch);
    if (last === undefined || last.stepIndex <= draft.stepIndex) lastOf.set(draft.branch, draft);
  }
  return [...lastOf.values()].flatMap(({ branch, stepIndex, completedMs }) => {
    const hasGoneOn = [...lastOf.values()].some((other) =>
      other.stepIndex > stepIndex && other.branch !== branch && isRelated(other.branch, branch)
    );
    if (completedMs === undefined || hasGoneOn || ended.has(branch)) return [];
    return waiting(stepIndex + 1, branch, completedMs);
  });
}
