import {
  applyFinal,
  createJob,
  type Job,
  type Json,
  type JsonObject,
  type NewJob,
  showJson,
} from "@asya/protocol";
import type { CallRefusal } from "../event.ts";
import type { JobKey } from "../jobs/stored_job.ts";
import {
  type Submission,
  submit,
  type SubmitOptions,
  type Submitted,
  whyNotStored,
  withTrace,
} from "../jobs/submit.ts";
import { createCallKey } from "./call_key.ts";
import type { Tool } from "./tool.ts";

/** One call of a tool. */
export interface Call {
  readonly name: string;
  readonly arguments: JsonObject;
  /** Application headers for the job's message. */
  readonly headers: Readonly<Record<string, string>>;
  /** Who calls, where callers have names. */
  readonly owner?: string | undefined;
  /** What the caller knows this call by, so that repeating it makes no second job. */
  readonly key?: string | undefined;
}

/** What a call led to. */
export type Started =
  | { readonly kind: "started"; readonly tool: Tool; readonly job: Job }
  | { readonly kind: "refused"; readonly reason: CallRefusal; readonly message: string };

/** What calls stand on. */
export interface CallsOptions extends SubmitOptions {
  /** The tools at this moment. */
  readonly findTool: (name: string) => Tool | undefined;
  readonly createId: () => string;
}

const KEY_REUSED = "this idempotency key belongs to another call, of another tool or with other " +
  "arguments; a new call needs a new key";

/**
 * Makes a job of a call: checked arguments, defaults filled in, stored, on its way. A call that is
 * repeated under its key is answered with the job that it became.
 *
 * @param options what it stands on
 * @param call the call; its arguments get their defaults
 */
export async function startCall(options: CallsOptions, call: Call): Promise<Started> {
  const { findTool, createId } = options;
  const refuse = (reason: CallRefusal, message: string): Started => {
    options.emit({ kind: "call_refused", reason });
    return { kind: "refused", reason, message };
  };
  const tool = findTool(call.name);
  if (!tool) {
    const shown = showJson(call.name);
    return refuse("unknown_tool", `there is no tool named ${shown}; one that is listed is allowed`);
  }
  const key = createCallKey(call);
  const problems = tool.checkArguments(call.arguments);
  if (problems.length > 0) {
    return refuse("arguments", `${tool.name} was not called: ${problems.join("; ")}`);
  }
  const newJob = {
    id: createId(),
    tool: tool.name,
    steps: tool.steps.length > 0 ? tool.steps : [tool.name],
    metadata: tool.metadata,
    joins: tool.joins,
    join: tool.join,
    retry: tool.retry,
    timeoutSeconds: tool.timeoutSeconds,
    ...(call.owner !== undefined && { owner: call.owner }),
  };
  const submitted = await makeJob(options, newJob, call.arguments, call.headers, { key });
  switch (submitted.kind) {
    case "repeated":
      options.emit({ kind: "call_repeated", tool: tool.name });
      return { kind: "started", tool, job: submitted.job };
    case "stored":
      return { kind: "started", tool, job: submitted.job };
    case "key_reused":
      return refuse("key_reused", KEY_REUSED);
    case "full":
      return refuse("full", "the gateway holds as many jobs as it may; try again later");
    case "too_large": {
      const { bytes, maxBytes } = submitted;
      return refuse("too_large", `the job's message has ${bytes} bytes; ${maxBytes} are allowed`);
    }
  }
}

/**
 * Makes a job of a tool: stored first, then sent; where the tool needs no actor, stored with its end.
 *
 * @param options what it stands on
 * @param newJob what the job begins with
 * @param payload what its first step gets
 * @param headers application headers of its message
 * @param submission what else is known of it
 */
export function makeJob(
  options: CallsOptions,
  newJob: NewJob,
  payload: Json,
  headers: Readonly<Record<string, string>>,
  submission: Submission = {},
): Promise<Submitted> {
  return options.findTool(newJob.tool)?.steps.length === 0
    ? answer(options, withTrace(newJob, headers), payload, submission.key)
    : submit(options, newJob, payload, headers, submission);
}

/** Stores a job that needs no actor, together with its end. */
async function answer(
  options: SubmitOptions,
  newJob: NewJob,
  payload: Json,
  key: JobKey | undefined,
): Promise<Submitted> {
  const { store, emit, now } = options;
  const change = applyFinal(
    { job: createJob(newJob, now()) },
    { status: "succeeded", result: payload },
    now(),
  );
  if (change.kind !== "changed") throw new TypeError(`a new job cannot end: ${change.kind}`);
  const { job, updates } = change;
  const created = await store.create({ job, payload, result: payload, updates, key });
  if (created !== "stored") return whyNotStored(created, key);
  emit({ kind: "job_created", tool: job.tool });
  emit({ kind: "job_ended", tool: job.tool, status: job.status, by: "report", afterMs: 0 });
  return { kind: "stored", job };
}
