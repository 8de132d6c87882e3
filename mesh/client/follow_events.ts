import { isJsonObject, type JsonObject, parseJson } from "@asya/protocol";
import type { GatewayClient } from "./gateway_client.ts";
import { GatewayError } from "./gateway_error.ts";
import { isOver, type JobEvent } from "./job_event.ts";
import { pause } from "../pause.ts";

/** A gateway that is away answers again within this time, or is given up. */
const AWAY_MS = 30_000;

/** The time between two tries to reach a gateway that is away. */
const RETRY_MS = 250;

/**
 * Everything that happens to a job until it is over, each thing once, also across connections that
 * break and a gateway that restarts. First comes the job as it is, last the job as it ended.
 *
 * @param client the gateway
 * @param id the job
 * @param signal ends it
 * @param awayMs milliseconds after which a gateway that does not answer is given up
 * @throws GatewayError when it is given up, or does not know the job
 */
export async function* followEvents(
  client: GatewayClient,
  id: string,
  signal: AbortSignal,
  awayMs = AWAY_MS,
): AsyncGenerator<JobEvent, void> {
  let lastId: string | undefined;
  let begun: JsonObject | undefined;
  let answeredAtMs = performance.now();
  while (true) {
    try {
      if (begun === undefined) {
        begun = await client.getJob(id);
        yield { kind: "job", update: begun };
      }
      for await (const { event, data, id: eventId } of client.events(id, lastId, signal)) {
        answeredAtMs = performance.now();
        lastId = eventId ?? lastId;
        const json = event === "status" ? undefined : parseJson(data);
        if (!json?.ok || !isJsonObject(json.value)) continue;
        yield { kind: event === "partial" ? "partial" : "update", update: json.value };
      }
      const job = await client.getJob(id);
      if (isOver(job)) return yield { kind: "job", update: job };
      answeredAtMs = performance.now();
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      if (performance.now() - answeredAtMs > awayMs) {
        const why = error instanceof Error ? error.message : String(error);
        const what = `${why}; the job goes on, and ${client.jobUrl(id)} says how far it is`;
        throw new GatewayError(what, { cause: error });
      }
    }
    // stands for the time a gateway takes to come back
    await pause(RETRY_MS, signal);
  }
}

/** Whether it may go better in a moment: nobody answered, or the answer broke off, or was a 5xx. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return error instanceof TypeError;
  return error.status === undefined || error.status >= 500;
}
