import { isTerminal, type Job, type JobStatus } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import { type Caller, maySee } from "../auth/access.ts";
import { type Followers, readToEnd } from "../jobs/follow.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { StoredJob } from "../jobs/stored_job.ts";
import { describeEnded, describeError, describeFailure } from "../tools/call_result.ts";
import { type CallsOptions, startCall } from "../tools/calls.ts";
import type { CallWatcher, ToolCall } from "../tools/tool_call.ts";
import type { McpTask, McpTasks, StartedTask, TaskPage } from "./mcp_tasks.ts";

/** What tasks stand on. */
export interface JobTasksOptions {
  readonly calls: CallsOptions;
  readonly jobs: Jobs;
  readonly followers: Followers;
  readonly clock: Clock;
  /** How long a finished job is kept, in milliseconds. */
  readonly jobTtlMs: number;
}

/** How many tasks a page has. */
const PAGE = 50;

/** How often a task is worth asking after: first, and at last. */
const POLL_MS = { first: 500, last: 10_000 };

/** Tasks as jobs: a task's id is its job's, and lives as long. */
export class JobTasks implements McpTasks {
  readonly #options: JobTasksOptions;

  /** @param options what they stand on */
  constructor(options: JobTasksOptions) {
    this.#options = options;
  }

  async start(call: ToolCall): Promise<StartedTask> {
    const { calls } = this.#options;
    const started = await startCall(calls, { ...call, owner: call.caller.name });
    if (started.kind === "started") {
      return { kind: "started", task: this.#describe(await this.#read(started.job)) };
    }
    const { reason, message } = started;
    return reason === "arguments" || reason === "too_large"
      ? { kind: "answered", result: describeError(message) }
      : { kind: "refused", reason, message };
  }

  async find(id: string, caller: Caller): Promise<McpTask | undefined> {
    const stored = await this.#options.jobs.find(id);
    return stored && maySee(caller, stored.job) ? this.#describe(stored) : undefined;
  }

  async list(caller: Caller, cursor?: string): Promise<TaskPage> {
    const seesAll = caller.name === undefined || caller.scopes.has("jobs:admin");
    const owner = seesAll ? undefined : caller.name;
    const { jobs, next } = await this.#options.jobs.list({ owner, cursor, limit: PAGE });
    return { tasks: jobs.map((job) => this.#describeJob(job)), next };
  }

  async cancel(id: string, caller: Caller): Promise<void> {
    if (await this.find(id, caller)) await this.#options.jobs.cancel(id);
  }

  async follow(id: string, watcher: CallWatcher, gone: AbortSignal): Promise<void> {
    const follower = this.#options.followers.follow(id);
    await readToEnd(follower, (update) => watcher.updated(update), gone);
  }

  /** The job with its result, where it has ended with its creation. */
  async #read(job: Job): Promise<StoredJob> {
    const stored = isTerminal(job.status) ? await this.#options.jobs.find(job.id) : undefined;
    return stored ?? { job, payload: null };
  }

  #describe(stored: StoredJob): McpTask {
    const task = this.#describeJob(stored.job);
    if (task.status === "working") return task;
    const tool = this.#options.calls.findTool(stored.job.tool);
    return { ...task, result: describeEnded(tool ?? {}, stored) };
  }

  #describeJob(job: Job): McpTask {
    const { id, tool, createdAt, updatedAt } = job;
    const status = statusOf(job);
    const untilMs = status === "working" ? this.#options.clock.now() : Date.parse(updatedAt);
    const ageMs = Math.max(0, untilMs - Date.parse(createdAt));
    return {
      id,
      tool,
      status,
      message: messageOf(job),
      createdAt,
      updatedAt,
      ttlMs: ageMs + this.#options.jobTtlMs,
      pollIntervalMs: Math.round(Math.min(Math.max(ageMs / 10, POLL_MS.first), POLL_MS.last)),
    };
  }
}

const STATUSES: Readonly<Record<JobStatus, McpTask["status"]>> = {
  Pending: "working",
  Running: "working",
  Succeeded: "completed",
  Failed: "failed",
  Unknown: "failed",
};

function statusOf(job: Job): McpTask["status"] {
  return job.endedBy === "cancel" ? "cancelled" : STATUSES[job.status];
}

function messageOf(job: Job): string {
  const { status, currentStep, progressPercent, route, totalSteps } = job;
  switch (status) {
    case "Pending":
      return `waiting for its first step, ${currentStep}`;
    case "Running":
      return `at ${currentStep}, step ${route.current + 1} of ${totalSteps}, ${progressPercent} %`;
    case "Succeeded":
      return "job succeeded";
    default:
      return job.endedBy === "cancel" ? "job cancelled" : describeFailure(job);
  }
}
