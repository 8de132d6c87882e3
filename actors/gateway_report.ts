import { backoffMs } from "@asya/program";
import { type FinalReport, finalToWire } from "@asya/protocol";
import { judgeAnswer, type ReportOutcome } from "./gateway_answer.ts";

/** Tells the gateway how jobs end. */
export interface GatewayReporter {
  /**
   * Reports the end of a job, or of one branch of it. Never throws.
   *
   * @param final the report; `jobId` says which job
   * @param signal ends the waiting between tries, and a request under way
   */
  report(final: FinalReport & { jobId: string }, signal: AbortSignal): Promise<ReportOutcome>;
}

/** How to reach the gateway. */
export interface GatewayReporterOptions {
  /** Base URL, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Shown as a bearer token, where the gateway asks for one. */
  readonly token?: string | undefined;
  /** Tries before the report is left for later. */
  readonly maxTries?: number;
  /** Milliseconds one request may take. */
  readonly timeoutMs?: number;
}

/** Between two tries a short outage, such as a gateway's restart, may pass. */
const BETWEEN_TRIES = { baseMs: 200, maxMs: 2_000 };

/**
 * Creates a reporter for one gateway. Needs `--allow-net` for its host.
 *
 * @param options where the gateway is
 * @example
 * ```ts
 * import { createGatewayReporter } from "./gateway_report.ts";
 * import assert from "node:assert/strict";
 * const server = Deno.serve({ port: 0, onListen() {} }, () => new Response("", { status: 410 }));
 * const reporter = createGatewayReporter({ url: `http://127.0.0.1:${server.addr.port}` });
 * const outcome = await reporter.report(
 *   { jobId: "j1", status: "succeeded", result: { answer: 42 } },
 *   new AbortController().signal,
 * );
 * assert.deepEqual(outcome, { kind: "reported" });
 * await server.shutdown();
 * ```
 */
export function createGatewayReporter(options: GatewayReporterOptions): GatewayReporter {
  const { maxTries = 3 } = options;
  return {
    async report(final, signal) {
      for (let attempt = 0;; attempt++) {
        const outcome = await tryReport(options, final, signal);
        const last = attempt + 1 >= maxTries || signal.aborted;
        if (outcome.kind !== "unavailable" || last) return outcome;
        await pause(backoffMs(attempt, Math.random(), BETWEEN_TRIES), signal);
      }
    },
  };
}

async function tryReport(
  options: GatewayReporterOptions,
  final: FinalReport & { jobId: string },
  signal: AbortSignal,
): Promise<ReportOutcome> {
  const answer = await send(options, final, signal);
  if (answer.kind !== "too_large") return answer;
  // The gateway has no room for the content: where it is stored is enough.
  const { result: _, errorDetails: __, ...small } = final;
  const second = await send(options, small, signal);
  return second.kind === "too_large" ? { ...second, kind: "refused" } : second;
}

type Answer = ReportOutcome | { kind: "too_large"; status: number; detail: string };

async function send(
  options: GatewayReporterOptions,
  final: FinalReport & { jobId: string },
  signal: AbortSignal,
): Promise<Answer> {
  const { url, token, timeoutMs = 10_000 } = options;
  try {
    const response = await fetch(
      `${url.replace(/\/$/, "")}/jobs/${encodeURIComponent(final.jobId)}/final`,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(finalToWire(final)),
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      },
    );
    return describe(response, await response.text());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "unavailable", detail: `no answer from ${url}: ${reason}` };
  }
}

function describe(response: Response, text: string): Answer {
  const { status } = response;
  const detail = `the gateway answered ${status}: ${text.slice(0, 500)}`;
  const verdict = judgeAnswer(status);
  switch (verdict) {
    case "reported":
    case "unknown_job":
      return { kind: verdict };
    case "refused":
    case "too_large":
      return { kind: verdict, status, detail };
    case "unavailable": {
      const retryAfterSeconds = Number(response.headers.get("retry-after") ?? NaN);
      return retryAfterSeconds >= 0
        ? { kind: verdict, detail, retryAfterSeconds }
        : { kind: verdict, detail };
    }
  }
}

/** Waits for the gateway to come back, or for the caller to give up. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  });
}
