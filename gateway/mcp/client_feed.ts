import type { Clock } from "@asya/transport";
import type { Result, ServerContext } from "@modelcontextprotocol/server";
import { ProgressFeed } from "./progress_feed.ts";

/**
 * Sends progress to a client that has asked for it with its request; `undefined` for others.
 *
 * @param context of the request
 * @param clock measures the time between notes
 * @param meta goes with each note
 */
export function createClientFeed(
  { mcpReq }: ServerContext,
  clock: Clock,
  meta?: Result["_meta"],
): ProgressFeed | undefined {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return new ProgressFeed(async (note) => {
    if (mcpReq.signal.aborted) return;
    const params = { progressToken, ...note, ...(meta && { _meta: meta }) };
    await mcpReq.notify({ method: "notifications/progress", params });
  }, clock);
}
