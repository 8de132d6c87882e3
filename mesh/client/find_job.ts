import type { JsonObject } from "@asya/protocol";
import type { GatewayClient } from "./gateway_client.ts";
import { GatewayError } from "./gateway_error.ts";
import { textOf } from "./job_event.ts";

/** Jobs that are named where several begin with the same letters. */
const MOST_NAMED = 5;

/**
 * The job of an id, or of the letters that an id begins with.
 *
 * @param client the gateway
 * @param text an id, or the begin of one
 * @throws GatewayError when there is none, or there are several
 */
export async function findJob(client: GatewayClient, text: string): Promise<JsonObject> {
  try {
    return await client.getJob(text);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status !== 404) throw error;
  }
  const { items } = await client.listJobs({ q: text, limit: 500 });
  const jobs = items.filter(({ id }) => textOf(id).startsWith(text));
  const [job] = jobs;
  if (!job) {
    throw new GatewayError(`there is no job ${text} at ${client.url}; asya jobs ls lists them`);
  }
  if (jobs.length === 1) return await client.getJob(textOf(job.id));
  const named = jobs.slice(0, MOST_NAMED).map(({ id, status, tool }) =>
    `\n  ${textOf(id)}  ${textOf(status)}  ${textOf(tool)}`
  );
  const more = jobs.length > MOST_NAMED ? `\n  and ${jobs.length - MOST_NAMED} more` : "";
  throw new GatewayError(`${jobs.length} jobs begin with ${text}:${named.join("")}${more}`);
}
