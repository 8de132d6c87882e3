import { isJsonObject, type JsonObject, parseJson } from "@asya/protocol";
import type { GatewayClient } from "./gateway_client.ts";
import { textOf } from "./job_event.ts";

/**
 * Everything that has happened to a job so far, oldest first, without waiting for anything else.
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
  const count = Number(job.update_count ?? 0);
  const updates: JsonObject[] = [];
  if (count === 0) return updates;
  for await (const { event, data, id } of client.events(textOf(job.id), undefined, signal)) {
    const json = event === "update" ? parseJson(data) : undefined;
    if (json?.ok && isJsonObject(json.value)) updates.push(json.value);
    // Updates and chunks are numbered; behind the last one, the stream waits for the next.
    if (Number(id) >= count) break;
  }
  return updates;
}
