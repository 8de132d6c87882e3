import { printable } from "@asya/program";
import type { Json, JsonObject } from "@asya/protocol";
import { followEvents } from "./follow_events.ts";
import type { GatewayClient } from "./gateway_client.ts";
import { reasonOf } from "./job_event.ts";
import type { JobWatcher } from "./job_watcher.ts";
import type { Screen } from "../screen.ts";
import { formatJson } from "../show/format_json.ts";

/** How a call ended. */
export type CallEnd =
  | { readonly kind: "succeeded"; readonly result: Json; readonly job?: JsonObject }
  | { readonly kind: "failed"; readonly reason: string; readonly job?: JsonObject }
  /** Nobody wanted to wait for it any longer. */
  | { readonly kind: "left"; readonly id: string };

/**
 * Calls a tool and shows how far its job is, until it ends.
 *
 * @param client the gateway
 * @param call the tool's name and arguments, and the key that makes repeated calls one job
 * @param watcher shows what happens
 * @param signal ends the waiting
 */
export async function callAndFollow(
  client: GatewayClient,
  call: {
    readonly tool: string;
    readonly arguments: JsonObject;
    readonly key?: string | undefined;
  },
  watcher: JobWatcher,
  signal: AbortSignal,
): Promise<CallEnd> {
  const answer = await client.call(call.tool, call.arguments, call.key);
  if (answer.kind === "refused") return { kind: "failed", reason: answer.reason };
  if (answer.kind === "result") return { kind: "succeeded", result: answer.result };
  return await followJob(client, answer.id, watcher, signal);
}

/**
 * Shows how far a job is, until it ends.
 *
 * @param client the gateway
 * @param id the job
 * @param watcher shows what happens
 * @param signal ends the waiting
 */
export async function followJob(
  client: GatewayClient,
  id: string,
  watcher: JobWatcher,
  signal: AbortSignal,
): Promise<CallEnd> {
  try {
    let job: JsonObject = {};
    for await (const event of followEvents(client, id, signal)) {
      watcher.take(event);
      if (event.kind === "job") job = event.update;
    }
    if (job.status === "Succeeded") return { kind: "succeeded", result: job.result ?? null, job };
    return { kind: "failed", reason: reasonOf(job), job };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { kind: "left", id };
  } finally {
    watcher.end();
  }
}

/**
 * Shows how a call ended: the result on standard output, why and where beside it.
 *
 * @param end how it ended
 * @param screen where it is shown
 * @param json whether the job is wanted as one line of JSON
 */
export function showEnd(
  end: Exclude<CallEnd, { kind: "left" }>,
  screen: Screen,
  json: boolean,
): void {
  if (json) {
    const brief = end.kind === "succeeded" ? { result: end.result } : { error: end.reason };
    screen.out(JSON.stringify(end.job ?? brief));
    return;
  }
  if (end.kind === "succeeded") screen.out(formatJson(end.result, screen.colourOut));
  else for (const line of `failed: ${end.reason}`.split("\n")) screen.err(printable(line));
  const uri = end.job?.result_uri;
  if (typeof uri === "string") screen.err(`stored at ${printable(pathOf(uri))}`);
}

function pathOf(uri: string): string {
  return uri.startsWith("file://") ? decodeURIComponent(new URL(uri).pathname) : uri;
}
