import { isJsonObject, type Job, type Json, type JsonObject } from "@asya/protocol";
import type { StoredJob } from "../jobs/stored_job.ts";
import type { ObjectSchema, Tool } from "./tool.ts";

/** The answer to a tool call, in MCP's words. */
export interface CallResult {
  readonly content: { type: "text"; text: string }[];
  readonly structuredContent?: Json;
  readonly isError?: true;
}

/** A tool as callers see it, in MCP's words. */
export interface ToolCard {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema?: JsonObject;
  /** Set where a call of it can be a task of MCP. */
  readonly execution?: { readonly taskSupport: "optional" };
}

/** What is answered to a call that does not wait. */
const HANDLE_SCHEMA: JsonObject = {
  type: "object",
  properties: {
    job_id: { type: "string" },
    status_url: { type: "string" },
    stream_url: { type: "string" },
    metadata: { type: "object" },
  },
  required: ["job_id", "status_url", "stream_url"],
};

/**
 * A tool as it is listed. Where a call may be answered with its result or with the job's id, the
 * promised schema allows both.
 *
 * @param tool the tool
 */
export function describeTool(tool: Tool): ToolCard {
  const { name, description, inputSchema, outputSchema, wait } = tool;
  const promised = outputSchema && {
    always: outputSchema,
    auto: eitherSchema(embed(outputSchema, name), HANDLE_SCHEMA),
    never: HANDLE_SCHEMA,
  }[wait];
  return {
    name,
    ...(description !== undefined && { description }),
    inputSchema,
    ...(promised && { outputSchema: promised }),
    // A tool that never waits promises the job's id; a task would end with something else.
    ...(wait !== "never" && { execution: { taskSupport: "optional" } }),
  };
}

/**
 * The answer to a call that does not wait: the job's id, and where to follow it.
 *
 * @param tool the called tool
 * @param job the job that was made
 * @param baseUrl the gateway's URL as the caller knows it, without a slash at its end
 */
export function describeCreated(tool: Tool, job: Job, baseUrl: string): CallResult {
  const statusUrl = `${baseUrl}/jobs/${job.id}`;
  const streamUrl = `${statusUrl}/stream`;
  const hasMetadata = Object.keys(tool.metadata).length > 0;
  return {
    content: [{
      type: "text",
      text: `Job created successfully with ID: ${job.id}\n` +
        `Status URL: ${statusUrl}\nStream URL: ${streamUrl}`,
    }],
    structuredContent: {
      job_id: job.id,
      status_url: statusUrl,
      stream_url: streamUrl,
      ...(hasMetadata && { metadata: tool.metadata }),
    },
  };
}

/**
 * The answer to a call that waited for its job's end.
 *
 * @param tool the called tool
 * @param stored the job, which has ended
 */
export function describeEnded(tool: Pick<Tool, "checkResult">, stored: StoredJob): CallResult {
  const { job, result = null } = stored;
  if (job.status !== "Succeeded") return describeError(describeFailure(job));
  const problems = tool.checkResult?.(result) ?? [];
  if (problems.length > 0) {
    return describeError(
      `Job ${job.id} succeeded, but its result is not what the tool promises: ` +
        problems.join("; "),
    );
  }
  const text = typeof result === "string" ? result : JSON.stringify(result);
  return { content: [{ type: "text", text }], structuredContent: result };
}

/**
 * The answer to a call that went wrong.
 *
 * @param text what went wrong, for a model to read
 */
export function describeError(text: string): CallResult {
  return { content: [{ type: "text", text }], isError: true };
}

/**
 * The same answer for readers who know only objects as structured content.
 *
 * @param result an answer
 */
export function withObjectContent(result: CallResult): CallResult {
  const { structuredContent } = result;
  if (structuredContent === undefined || isJsonObject(structuredContent)) return result;
  return { ...result, structuredContent: { result: structuredContent } };
}

/**
 * Why a job failed, for people and models.
 *
 * @param job a job that has failed
 */
export function describeFailure(job: Job): string {
  const message = job.errorDetails?.message;
  const because = typeof message === "string" && message !== job.error ? `: ${message}` : "";
  return `Job ${job.id} failed: ${job.error ?? "no reason was given"}${because}`;
}

function eitherSchema(one: JsonObject, other: JsonObject): JsonObject {
  const bothObjects = one.type === "object" && other.type === "object";
  return { ...(bothObjects && { type: "object" }), anyOf: [one, other] };
}

/** Gives a schema a name of its own, so that its references keep pointing into itself. */
function embed(schema: JsonObject, toolName: string): JsonObject {
  const refersToItself = JSON.stringify(schema).includes('"#');
  return refersToItself && schema.$id === undefined
    ? { $id: `urn:asya:tool:${toolName}:result`, ...schema }
    : schema;
}
