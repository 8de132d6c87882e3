import {
  applyCancel,
  applyDeadline,
  applyFinal,
  applyHeartbeat,
  applyProgress,
  applyUndeliverable,
  type FinalReport,
  type Heartbeat,
  isInactive,
  isTerminal,
  type Job,
  type ProgressReport,
} from "@asya/protocol";
import type { Emit, ReportKind } from "../event.ts";
import type { Changed, JobPage, JobQuery, StoredJob, Transition } from "./stored_job.ts";

/** Where jobs are kept. */
export interface JobLedger {
  read(id: string): Promise<StoredJob | undefined>;
  list(query: JobQuery): Promise<JobPage>;
  /**
   * Decides about a job and records the decision, as one step.
   *
   * @param branch the branch that the decision is about, if it is about one
   * @returns `undefined` for an unknown job
   */
  change(
    id: string,
    branch: string | undefined,
    transition: Transition,
  ): Promise<Changed | undefined>;
}

/** What jobs stand on. */
export interface JobsOptions {
  readonly store: JobLedger;
  readonly emit: Emit;
  readonly now: () => Date;
}

/** The jobs of a gateway: what may be asked about them and done to them. */
export class Jobs {
  readonly #options: JobsOptions;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /** Finds a job; one whose deadline has passed has failed, whoever looks first. */
  async find(id: string): Promise<StoredJob | undefined> {
    const { store, now } = this.#options;
    const stored = await store.read(id);
    if (!stored || applyDeadline(stored.job, now()).kind === "unchanged") return stored;
    await this.expire(id);
    return await store.read(id);
  }

  /** Lists jobs, newest first. */
  list(query: JobQuery): Promise<JobPage> {
    return this.#options.store.list(query);
  }

  /** Applies a report about a step; answers with the job, or `undefined` for an unknown one. */
  async progress(id: string, report: ProgressReport): Promise<Job | undefined> {
    const changed = await this.#report(
      "progress",
      id,
      report.branch,
      (state) => applyProgress(state, report, this.#options.now()),
    );
    // The last step's report may come behind the job's end: its work was done all the same.
    if (changed && report.status === "completed") {
      this.#options.emit({ kind: "step_completed", step: report.step, ms: report.durationMs ?? 0 });
    }
    return changed?.job;
  }

  /** Applies a sign of life. */
  async heartbeat(id: string, heartbeat: Heartbeat): Promise<Job | undefined> {
    const { emit, now } = this.#options;
    const changed = await this.#report(
      "heartbeat",
      id,
      undefined,
      ({ job }) => applyHeartbeat(job, heartbeat, now()),
    );
    const { status, actorName: step } = heartbeat;
    if (changed && status === "completed") emit({ kind: "step_completed", step, ms: 0 });
    if (changed && status === "error") emit({ kind: "step_failed", step });
    return changed?.job;
  }

  /** Applies the end of a job or of one of its branches. */
  async final(id: string, report: FinalReport): Promise<Job | undefined> {
    const changed = await this.#report(
      "final",
      id,
      report.branch,
      (state) => applyFinal(state, report, this.#options.now()),
    );
    const step = report.errorDetails?.step;
    const isNews = changed?.change.kind === "changed" && report.status === "failed";
    if (isNews && typeof step === "string") this.#options.emit({ kind: "step_failed", step });
    return changed?.job;
  }

  /** Fails a job that somebody does not want any more. */
  async cancel(id: string): Promise<Job | undefined> {
    const changed = await this.#change(
      id,
      undefined,
      ({ job }) => applyCancel(job, this.#options.now()),
    );
    return changed?.job;
  }

  /** Fails a job whose deadline has passed. */
  async expire(id: string): Promise<void> {
    await this.#change(id, undefined, ({ job }) => applyDeadline(job, this.#options.now()));
  }

  /** Fails a job whose first queue never came. */
  async giveUp(id: string, queue: string): Promise<void> {
    const error = `no queue named ${JSON.stringify(queue)} for the job's first step; ` +
      "start the actor that serves it, or name another one in the tool's route";
    await this.#change(
      id,
      undefined,
      ({ job }) => applyUndeliverable(job, error, this.#options.now()),
    );
  }

  async #report(
    report: ReportKind,
    id: string,
    branch: string | undefined,
    transition: Transition,
  ): Promise<Changed | undefined> {
    const changed = await this.#change(id, branch, transition);
    const outcome = changed === undefined
      ? "unknown_job"
      : changed.change.kind === "changed"
      ? "applied"
      : "ignored";
    this.#options.emit({ kind: "report", report, outcome });
    return changed;
  }

  async #change(
    id: string,
    branch: string | undefined,
    transition: Transition,
  ): Promise<Changed | undefined> {
    const { store, emit } = this.#options;
    const changed = await store.change(id, branch, transition);
    if (!changed || changed.change.kind !== "changed") return changed;
    const { before, job } = changed;
    const afterMs = Date.parse(job.updatedAt) - Date.parse(job.createdAt);
    const { tool, status, endedBy: by } = job;
    if (before.status === "Pending" && status === "Running") {
      emit({ kind: "job_started", tool, afterMs });
    }
    if (!isTerminal(before.status) && by !== undefined) {
      emit({ kind: "job_ended", tool, status, by, afterMs });
    }
    return changed;
  }
}

/** Of some jobs, the ids of those whose work should stop. */
export function inactiveAmong(jobs: Iterable<Job>): string[] {
  return [...new Set([...jobs].filter(isInactive).map(({ id }) => id))];
}
