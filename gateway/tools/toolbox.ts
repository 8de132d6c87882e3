import type { Job } from "@asya/protocol";
import {
  type CallResult,
  describeCreated,
  describeEnded,
  describeError,
  describeTool,
  type ToolCard,
} from "./call_result.ts";
import { type CallsOptions, startCall } from "./calls.ts";
import { type Followers, readToEnd } from "../jobs/follow.ts";
import type { JobTool } from "./job_tool.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Tool } from "./tool.ts";
import type { ToolAnswer, ToolCall } from "./tool_call.ts";

/** What a toolbox stands on. */
export interface ToolboxOptions {
  readonly calls: CallsOptions;
  readonly jobs: Jobs;
  readonly followers: Followers;
  /** The tools at this moment. */
  readonly tools: () => readonly Tool[];
  /** The built-in tool about jobs, unless it is switched off. */
  readonly jobTool?: JobTool | undefined;
}

/** The tools of a gateway, as every kind of caller uses them. */
export class Toolbox {
  readonly #options: ToolboxOptions;
  readonly #cards = new WeakMap<Tool, ToolCard>();

  constructor(options: ToolboxOptions) {
    this.#options = options;
  }

  /** The tools in the order of their file, the built-in one last. */
  list(): ToolCard[] {
    const { tools, jobTool } = this.#options;
    return [...tools().map((tool) => this.#cardOf(tool)), ...jobTool ? [jobTool.card] : []];
  }

  /** The tool of a name, as it is listed. */
  find(name: string): ToolCard | undefined {
    const { calls, jobTool } = this.#options;
    if (jobTool?.card.name === name) return jobTool.card;
    const tool = calls.findTool(name);
    return tool && this.#cardOf(tool);
  }

  /** Whether a call would be answered at the end of its job only. */
  waits(call: Pick<ToolCall, "name" | "arguments" | "watcher">): boolean {
    const { calls, jobTool } = this.#options;
    if (jobTool?.card.name === call.name) return call.arguments.action === "wait";
    const tool = calls.findTool(call.name);
    return tool !== undefined && waitsFor(tool, call);
  }

  /** Calls a tool; answers at once or at the end of the job, as the tool and the caller wish. */
  async call(call: ToolCall): Promise<ToolAnswer> {
    const { calls, jobTool } = this.#options;
    if (jobTool && call.name === jobTool.card.name) {
      return { kind: "answered", result: await jobTool.call(call) };
    }
    const started = await startCall(calls, { ...call, owner: call.caller.name });
    if (started.kind === "refused") {
      const { reason, message } = started;
      return reason === "arguments" || reason === "too_large"
        ? { kind: "answered", result: describeError(message) }
        : { kind: "refused", reason, message };
    }
    const { tool, job } = started;
    const watcher = tool.progress ? call.watcher : undefined;
    const result = waitsFor(tool, call)
      ? await this.#waitForEnd(tool, job, { ...call, watcher })
      : describeCreated(tool, job, call.baseUrl);
    return { kind: "answered", result };
  }

  #cardOf(tool: Tool): ToolCard {
    const card = this.#cards.get(tool) ?? describeTool(tool);
    this.#cards.set(tool, card);
    return card;
  }

  async #waitForEnd(tool: Tool, job: Job, call: ToolCall): Promise<CallResult> {
    const { followers, jobs } = this.#options;
    await call.watcher?.started(job);
    const follower = followers.follow(job.id);
    await readToEnd(follower, async (update) => await call.watcher?.updated(update), call.gone);
    if (call.gone?.aborted && call.cancelsWhenGone) await jobs.cancel(job.id);
    const stored = await jobs.find(job.id);
    // A gateway that stops lets its callers go with the job's id: the job itself goes on.
    return stored?.job.endedBy === undefined
      ? describeCreated(tool, job, call.baseUrl)
      : describeEnded(tool, stored);
  }
}

function waitsFor(tool: Tool, call: Pick<ToolCall, "watcher">): boolean {
  const isWatched = tool.progress && call.watcher !== undefined;
  return tool.wait === "always" || (tool.wait === "auto" && isWatched);
}
