import type { CommandContext } from "./command.ts";
import { showLeaving } from "./show_leaving.ts";
import { followJob, showEnd } from "../client/follow_job.ts";
import type { GatewayClient } from "../client/gateway_client.ts";
import { watchAsJson, watchForPerson, watchSilently } from "../client/job_watcher.ts";
import { EXIT } from "../run/run_mesh.ts";

/** How a job is followed. */
export interface FollowWish {
  /** Whether every event is wanted. */
  readonly isClose: boolean;
  readonly json: boolean;
  /** Milliseconds to wait at most. */
  readonly timeoutMs?: number | undefined;
  /** The gateway, where the command line named it. */
  readonly url?: string | undefined;
}

/**
 * Follows a job and shows how it ends, or how to come back to it.
 *
 * @param client the gateway
 * @param id the job
 * @param wish how
 * @param context the terminal, and what ends the waiting
 * @returns the exit code
 */
export async function followToEnd(
  client: GatewayClient,
  id: string,
  wish: FollowWish,
  { screen, signals }: Pick<CommandContext, "screen" | "signals">,
): Promise<number> {
  const { isClose, json, timeoutMs, url } = wish;
  const late = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([signals.first, ...late ? [late] : []]);
  const watcher = !json
    ? watchForPerson(screen, isClose)
    : isClose
    ? watchAsJson(screen)
    : watchSilently();
  const end = await followJob(client, id, watcher, signal);
  if (end.kind === "left") {
    showLeaving(id, screen, url);
    return signals.first.aborted ? EXIT.interrupted : EXIT.failed;
  }
  // Of events as JSON, the last one was the job already.
  if (!json || !isClose) showEnd(end, screen, json);
  return end.kind === "succeeded" ? EXIT.ok : EXIT.failed;
}
