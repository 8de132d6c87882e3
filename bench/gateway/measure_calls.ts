import { poll, rssMbOf } from "../../tests/kit/mod.ts";
import { cpuSecondsOf } from "../rabbitmq/process_load.ts";
import type { Call } from "./call.ts";
import { lagP99, sumMetrics } from "./gateway_metrics.ts";
import { type Load, runWrk } from "./run_wrk.ts";
import type { Stand } from "./stand.ts";

/** What calls of a gateway came to. */
export interface CallRun {
  /** Calls that were answered with success, in a second. */
  readonly rate: number;
  /** Of several gateways, the slowest one's; so the 99th of 100. */
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
 * Calls a gateway for a while, and looks at everybody who has to do with it. Several gateways share
 * the connections as they would behind a balancer.
 *
 * @param stand the gateway
 * @param options who calls
 */
export async function measureCalls(stand: Stand, options: CallOptions): Promise<CallRun> {
  const before = sumMetrics(await stand.metrics());
  const cpuBefore = cpuOf(stand);
  const connections = Math.ceil(options.connections / stand.urls.length);
  const loads = await Promise.all(
    stand.urls.map((url) => runWrk({ ...options, url, connections })),
  );
  const cpuAfter = cpuOf(stand);
  const rssMb = Math.max(...stand.gatewayPids.map(rssMbOf));
  const endMs = performance.now();
  const atEnd = sumMetrics(await stand.metrics());
  const after = await poll("the outboxes to be empty", async () => {
    const seen = sumMetrics(await stand.metrics());
    return seen.published >= seen.jobsCreated && seen;
  }, { timeoutMs: 120_000, everyMs: 20 });
  const sum = (of: (load: Load) => number) => loads.reduce((total, load) => total + of(load), 0);
  const largest = (of: (load: Load) => number) => Math.max(...loads.map(of));
  const seconds = largest((load) => load.seconds);
  const cores = (who: keyof typeof cpuAfter) => (cpuAfter[who] - cpuBefore[who]) / seconds;
  return {
    rate: sum(({ answers, refused }) => answers - refused) / seconds,
    p50Ms: largest(({ p50Ms }) => p50Ms),
    p99Ms: largest(({ p99Ms }) => p99Ms),
    failed: sum(({ refused, broken }) => refused + broken),
    lagP99: lagP99(before, after),
    unsent: atEnd.jobsCreated - atEnd.published,
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
