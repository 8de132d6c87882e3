import { isJsonObject, type JsonObject, parseJson } from "@asya/protocol";
import type { GatewayClient } from "./gateway_client.ts";
import { isOver, textOf } from "./job_event.ts";

/** A gateway that says nothing more for so long has told everything that happened. */
const SILENCE_MS = 1_000;

/**
 * Everything that has happened to a job so far, oldest first.
 *
 * @param client the gateway
 * @param job as the gateway shows it
 * @param signal ends the reading
 */
export async function readHistory(
  client: GatewayClient,
  job: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  if (job.status === "Pending") return [];
  const updates: JsonObject[] = [];
  const silence = new AbortController();
  // stands for the silence behind what has happened, where nothing else tells that this is all
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const either = AbortSignal.any([signal, silence.signal]);
  try {
    for await (const { event, data } of client.events(textOf(job.id), undefined, either)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const json = event === "update" ? parseJson(data) : undefined;
      if (!json?.ok || !isJsonObject(json.value)) continue;
      updates.push(json.value);
      if (!isOver(job) && textOf(json.value.timestamp) >= textOf(job.updated_at)) break;
    }
  } catch (error) {
    if (!silence.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  return updates;
}
