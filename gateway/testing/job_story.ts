import {
  applyFinal,
  applyHeartbeat,
  applyProgress,
  createJob,
  type FinalReport,
  type Job,
  type JobChange,
  type JobState,
  type JobUpdate,
  type KnownBranches,
  type NewJob,
  type ProgressReport,
  type ProgressStatus,
} from "@asya/protocol";

/** When every story begins, in milliseconds since the epoch. */
export const STORY_BEGAN_MS = Date.parse("2026-01-01T00:00:00Z");

/** A job that is told what happens to it, at times of its own. */
export class JobStory {
  job: Job;
  readonly updates: JobUpdate[] = [];
  #branches: KnownBranches = new Map();
  #ended: NonNullable<JobState["ended"]> = [];

  /** @param newJob what the job begins with, besides its id, its tool and its time */
  constructor(newJob: Partial<NewJob> & Pick<NewJob, "steps">) {
    const defaults = { id: "j", tool: "t", timeoutSeconds: 1_000 };
    this.job = createJob({ ...defaults, ...newJob }, new Date(STORY_BEGAN_MS));
  }

  /**
   * Tells of a step.
   *
   * @param atMs milliseconds since the story began
   * @param stepIndex which step
   * @param status the point that it has reached
   * @param more what else is told
   */
  tell(
    atMs: number,
    stepIndex: number,
    status: ProgressStatus,
    more: Partial<ProgressReport> = {},
  ): this {
    const { steps } = this.job.route;
    const step = steps[stepIndex] ?? "";
    const said = {
      step,
      stepIndex,
      totalSteps: steps.length,
      status,
      actorName: step,
      message: "",
    };
    return this.#change(atMs, (state, now) => applyProgress(state, { ...said, ...more }, now));
  }

  /** Tells of a whole visit to a step: taken, worked on, done. */
  visit(
    [receivedMs, processingMs, completedMs]: readonly [number, number, number],
    stepIndex: number,
    more: Partial<ProgressReport> = {},
  ): this {
    return this.tell(receivedMs, stepIndex, "received", more)
      .tell(processingMs, stepIndex, "processing", more)
      .tell(completedMs, stepIndex, "completed", {
        durationMs: completedMs - receivedMs,
        ...more,
      });
  }

  /** Tells that a step failed, and will be tried again. */
  fail(atMs: number, stepIndex: number, branch?: string): this {
    const notice = { actorName: "error-end", status: "error", message: "retry 1 of 3" } as const;
    const where = { stepIndex, ...(branch !== undefined && { branch }) };
    return this.#change(atMs, ({ job }, now) => applyHeartbeat(job, { ...notice, ...where }, now));
  }

  /** Tells that a branch failed for good, of which its join decides what becomes. */
  giveUp(atMs: number, stepIndex: number, branch: string): this {
    const notice = { actorName: "error-end", status: "error", message: "given up" } as const;
    const ended = { ...notice, stepIndex, branch, branchOutcome: "failed" } as const;
    return this.#change(atMs, ({ job }, now) => applyHeartbeat(job, ended, now));
  }

  /** Tells of the end of the job, or of one of its branches. */
  end(atMs: number, report: FinalReport): this {
    return this.#change(atMs, (state, now) => applyFinal(state, report, now));
  }

  #change(atMs: number, transition: (state: JobState, now: Date) => JobChange): this {
    const state = { job: this.job, branches: this.#branches, ended: this.#ended };
    const change = transition(state, new Date(STORY_BEGAN_MS + atMs));
    if (change.kind !== "changed") throw new TypeError(`nothing changed at ${atMs} ms`);
    this.job = change.job;
    this.updates.push(...change.updates);
    const heard = change.branches ?? [];
    this.#branches = new Map([
      ...this.#branches,
      ...heard.map((branch) => [branch.lineage, branch] as const),
    ]);
    if (change.ended) this.#ended = [...this.#ended, change.ended];
    return this;
  }
}
