import { isTerminal, jobToWire } from "@asya/protocol";
import { maySee } from "../auth/access.ts";
import { type CallResult, describeError, type ToolCard } from "./call_result.ts";
import { type Followers, readToEnd } from "../jobs/follow.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { SchemaCompiler } from "./json_schema.ts";
import type { StoredJob } from "../jobs/stored_job.ts";
import type { ObjectSchema } from "./tool.ts";
import type { ToolCall } from "./tool_call.ts";

/** The tool by which callers follow the id that another call gave them. */
export interface JobTool {
  readonly card: ToolCard;
  call(call: ToolCall): Promise<CallResult>;
}

/** What the tool stands on. */
export interface JobToolOptions {
  readonly jobs: Jobs;
  readonly followers: Followers;
  readonly compiler: SchemaCompiler;
}

/** The longest wait of one call, in seconds: shorter than what lies between is likely to allow. */
const MAX_WAIT_SECONDS = 300;

const INPUT_SCHEMA: ObjectSchema = {
  type: "object",
  properties: {
    action: {
      type: "string",
      enum: ["get", "wait", "cancel"],
      default: "get",
      description: "get: the job as it is; wait: the job at its end; cancel: stop it",
    },
    job_id: { type: "string", description: "the id that a call of another tool answered with" },
    timeout_seconds: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: MAX_WAIT_SECONDS,
      default: 60,
      description: "how long to wait; the job as it then is is answered all the same",
    },
  },
  required: ["job_id"],
  additionalProperties: false,
};

/**
 * Creates the built-in tool about jobs.
 *
 * @param options what it stands on
 */
export function createJobTool(options: JobToolOptions): JobTool {
  const { jobs, followers, compiler } = options;
  const compiled = compiler.compileInput(INPUT_SCHEMA);
  if (!compiled.ok) throw new TypeError(compiled.problems[0]?.text);

  const find = async (id: string, call: ToolCall): Promise<StoredJob | undefined> => {
    const stored = await jobs.find(id);
    return stored && maySee(call.caller, stored.job) ? stored : undefined;
  };
  const wait = async (id: string, timeoutSeconds: number, call: ToolCall): Promise<void> => {
    const follower = followers.follow(id);
    // Waits for the end of the caller's patience.
    const timer = setTimeout(() => follower.close(), timeoutSeconds * 1000);
    try {
      await readToEnd(follower, async (update) => await call.watcher?.updated(update), call.gone);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    card: {
      name: "asya_job",
      description: "Reads, waits for, or cancels a job that a call of another tool has started.",
      inputSchema: INPUT_SCHEMA,
    },
    async call(call) {
      const args = call.arguments;
      const problems = compiled.check(args);
      if (problems.length > 0) return describeError(`asya_job: ${problems.join("; ")}`);
      const id = String(args.job_id);
      const stored = await find(id, call);
      if (!stored) return describeError(`there is no job ${JSON.stringify(id)}`);
      if (args.action === "cancel") {
        await jobs.cancel(id);
      }
      if (args.action === "wait" && !isTerminal(stored.job.status)) {
        await wait(id, Number(args.timeout_seconds), call);
      }
      return describeJob(await find(id, call) ?? stored);
    },
  };
}

function describeJob(stored: StoredJob): CallResult {
  const wire = jobToWire(stored.job, stored);
  return { content: [{ type: "text", text: JSON.stringify(wire) }], structuredContent: wire };
}
