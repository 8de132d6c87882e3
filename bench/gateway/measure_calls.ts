import { poll, rssMbOf } from "../../tests/kit/mod.ts";
import { cpuSecondsOf } from "../rabbitmq/process_load.ts";
import type { Call } from "./call.ts";
import { lagP99 } from "./gateway_metrics.ts";
import { runWrk } from "./run_wrk.ts";
import type { Stand } from "./stand.ts";

/** What calls of a gateway came to. */
export interface CallRun {
  /** Calls that were answered with success, in a second. */
  readonly rate: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Calls that were refused, or broke. */
  readonly failed: number;
  /** From a call to the confirm of its message: 99 of 100 batches came below, in seconds. */
  readonly lagP99: number | undefined;
  /** Messages that were not confirmed when the last call was answered. */
  readonly unsent: number;
  /** How long those took, in seconds. */
  readonly unsentSeconds: number;
  /** Cores that were busy. */
  readonly gatewayCores: number;
  readonly brokerCores: number;
  readonly databaseCores: number;
  /** Resident memory of the gateway when the load ends, in MB; the largest of several. */
  readonly rssMb: number;
}

/** Who calls, how, for how long. */
export interface CallOptions {
  readonly wrk: string;
  readonly call: Call;
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Calls a gateway for a while, and looks at everybody who has to do with it.
 *
 * @param stand the gateway
 * @param options who calls
 */
export async function measureCalls(stand: Stand, options: CallOptions): Promise<CallRun> {
  const isOne = stand.gatewayPids.length === 1;
  const before = await stand.metrics();
  const cpuBefore = cpuOf(stand);
  const load = await runWrk({ ...options, url: stand.url });
  const cpuAfter = cpuOf(stand);
  const rssMb = Math.max(...stand.gatewayPids.map(rssMbOf));
  const endMs = performance.now();
  const atEnd = await stand.metrics();
  const unsent = isOne ? atEnd.jobsCreated - atEnd.published : 0;
  const after = isOne
    ? await poll("the outbox to be empty", async () => {
      const seen = await stand.metrics();
      return seen.published >= seen.jobsCreated && seen;
    }, { timeoutMs: 120_000, everyMs: 20 })
    : atEnd;
  const { answers, refused, broken, seconds, p50Ms, p99Ms } = load;
  const cores = (who: keyof typeof cpuAfter) => (cpuAfter[who] - cpuBefore[who]) / seconds;
  return {
    rate: (answers - refused) / seconds,
    ...{ p50Ms, p99Ms, failed: refused + broken },
    lagP99: isOne ? lagP99(before, after) : undefined,
    unsent,
    unsentSeconds: (performance.now() - endMs) / 1_000,
    gatewayCores: cores("gateway"),
    brokerCores: cores("broker"),
    databaseCores: cores("database"),
    rssMb,
  };
}

function cpuOf(stand: Stand) {
  return {
    gateway: cpuSecondsOf(stand.gatewayPids),
    broker: cpuSecondsOf(stand.brokerPids),
    database: cpuSecondsOf(stand.databasePids()),
  };
}
