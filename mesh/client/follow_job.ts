import { isJsonObject, type Json, type JsonObject, parseJson } from "@asya/protocol";
import { formatJson } from "./format_json.ts";
import type { GatewayClient, JobProgress, ListedTool } from "./gateway_client.ts";
import { isWorthALine, plainProgressLine, progressLine } from "./progress_line.ts";
import type { Screen } from "../screen.ts";

/** How a call ended. */
export type CallEnd =
  | { readonly kind: "succeeded"; readonly result: Json; readonly job?: JsonObject }
  | { readonly kind: "failed"; readonly reason: string; readonly job?: JsonObject }
  /** Nobody wanted to wait for it any longer. */
  | { readonly kind: "left"; readonly id: string; readonly jobUrl: string };

/**
 * Calls a tool and shows how far its job is, until it ends.
 *
 * @param client the gateway
 * @param call the tool's name and arguments
 * @param screen where progress is shown; nothing is shown without it
 * @param signal ends the waiting
 */
export async function callAndFollow(
  client: GatewayClient,
  call: { readonly tool: string; readonly arguments: JsonObject },
  screen: Screen | undefined,
  signal: AbortSignal,
): Promise<CallEnd> {
  const answer = await client.call(call.tool, call.arguments);
  if (answer.kind === "refused") return { kind: "failed", reason: answer.reason };
  if (answer.kind === "result") return { kind: "succeeded", result: answer.result };
  let before: JobProgress | undefined;
  try {
    for await (const progress of client.follow(answer.id, signal)) {
      if (screen?.isLive) {
        screen.live(
          progressLine(progress, { columns: screen.columns(), colour: screen.colourErr }),
        );
      } else if (isWorthALine(progress, before)) {
        screen?.err(plainProgressLine(progress));
        before = progress;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return { kind: "left", id: answer.id, jobUrl: client.jobUrl(answer.id) };
  }
  const job = await client.getJob(answer.id);
  if (job.status === "Succeeded") return { kind: "succeeded", result: job.result ?? null, job };
  return { kind: "failed", reason: reasonOf(job), job };
}

/**
 * Shows how a call ended: the result on standard output, why and where beside it.
 *
 * @param end how it ended
 * @param screen where it is shown
 * @param json whether the job is wanted as one line of JSON
 */
export function showEnd(end: CallEnd, screen: Screen, json: boolean): void {
  if (end.kind === "left") {
    screen.err(`job ${end.id} is not over; ${end.jobUrl} says how far it is`);
    return;
  }
  if (json) {
    const brief = end.kind === "succeeded" ? { result: end.result } : { error: end.reason };
    screen.out(JSON.stringify(end.job ?? brief));
    return;
  }
  if (end.kind === "succeeded") screen.out(formatJson(end.result, screen.colourOut));
  else screen.err(`failed: ${end.reason}`);
  const uri = end.job?.result_uri;
  if (typeof uri === "string") screen.err(`stored at ${pathOf(uri)}`);
}

/**
 * Turns arguments as they stand on a command line into what a tool wants: text where its schema says
 * so, else JSON where it is JSON, else text.
 *
 * @param pairs names and values
 * @param tool the tool, where it is known
 * @example
 * ```ts
 * import { readArguments } from "./follow_job.ts";
 * import assert from "node:assert/strict";
 * const properties = { name: { type: "string" } };
 * const tool = { name: "t", description: "", inputSchema: { properties } };
 * assert.deepEqual(readArguments([["name", "7"], ["count", "7"]], tool), { name: "7", count: 7 });
 * ```
 */
export function readArguments(
  pairs: readonly (readonly [string, string])[],
  tool: ListedTool | undefined,
): JsonObject {
  const properties = tool?.inputSchema.properties;
  const typeOf = (name: string) => {
    const property = isJsonObject(properties) ? properties[name] : undefined;
    return isJsonObject(property) ? property.type : undefined;
  };
  return Object.fromEntries(pairs.map(([name, text]) => {
    const json = typeOf(name) === "string" ? undefined : parseJson(text);
    return [name, json?.ok ? json.value : text];
  }));
}

function reasonOf(job: JsonObject): string {
  const details = isJsonObject(job.error_details) ? job.error_details : {};
  const error = typeof job.error === "string" ? job.error : "nobody said why";
  return typeof details.message === "string" && details.message !== error
    ? `${error}: ${details.message}`
    : error;
}

function pathOf(uri: string): string {
  return uri.startsWith("file://") ? decodeURIComponent(new URL(uri).pathname) : uri;
}
