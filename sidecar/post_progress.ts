import { createTraceContext, formatTraceparent } from "@asya/program";
import { parseInactive } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import type { PostProgress, PostResult, QueuedReport } from "./report.ts";

/** What the gateway may take to answer. */
const ANSWER_TIMEOUT_MS = 10_000;

/** How long a gateway that refused a batch gets single reports, until it is asked again. */
const BATCHES_AGAIN_MS = 60_000;

/**
 * Creates the sender of progress reports: batches to `POST /progress`, or, for a gateway that does
 * not know batches, each to `POST /jobs/{id}/progress`.
 *
 * @param gatewayUrl where the gateway is, with or without a path of its own; `undefined`: there is
 *   none
 * @param token who we are, where the gateway wants to know
 * @param clock measures time
 */
export function createProgressPoster(
  gatewayUrl: string | undefined,
  token: string | undefined,
  clock: Clock,
): PostProgress | undefined {
  if (gatewayUrl === undefined) return undefined;
  const base = gatewayUrl.replace(/\/+$/, "");
  const headers = {
    "content-type": "application/json",
    // Reports are of many jobs at once: the gateway is to make no trace of them either.
    traceparent: formatTraceparent({ ...createTraceContext(), flags: 0 }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  let singlesUntilMs = -Infinity;
  const send = (path: string, body: string) => post(`${base}${path}`, headers, body);
  return async (reports) => {
    if (clock.elapsed() >= singlesUntilMs) {
      const body = `{"updates":[${reports.map(({ json }) => json).join(",")}]}`;
      const result = await send("/progress", body);
      if (result.kind !== "refused" || (result.status !== 404 && result.status !== 405)) {
        return result;
      }
      singlesUntilMs = clock.elapsed() + BATCHES_AGAIN_MS;
    }
    return await sendEach(send, reports);
  };
}

type Send = (path: string, body: string) => Promise<PostResult>;

/** One by one, since reports of a job must arrive in order; a refused one does not stop the rest. */
async function sendEach(send: Send, reports: readonly QueuedReport[]): Promise<PostResult> {
  const inactive: string[] = [];
  for (const { jobId, json } of reports) {
    const result = await send(`/jobs/${encodeURIComponent(jobId)}/progress`, json);
    if (result.kind === "unreachable") return result;
    if (result.kind === "accepted") inactive.push(...result.inactive);
  }
  return { kind: "accepted", inactive };
}

async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<PostResult> {
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    const answer = await response.text();
    if (response.ok) return { kind: "accepted", inactive: parseInactive(parsed(answer)) };
    return response.status >= 500 || response.status === 429 || response.status === 408
      ? { kind: "unreachable", reason: `it answers ${response.status}` }
      : { kind: "refused", status: response.status };
  } catch (error) {
    return { kind: "unreachable", reason: error instanceof Error ? error.name : String(error) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An answer without a body of ours names no jobs.
    return undefined;
  }
}
