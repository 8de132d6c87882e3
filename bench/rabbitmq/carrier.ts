import type { BenchBroker } from "./bench_broker.ts";
import { cpuSecondsOf, largestRssMb } from "./process_load.ts";

/** Somebody who carries messages from one queue to another. */
export interface Carrier {
  readonly name: string;
  /** The queue it takes from. */
  readonly from: string;
  /** The queue it publishes to. */
  readonly to: string;
  /** Processes that take messages; those that only help them; the gateway, where it is told. */
  readonly processes: Readonly<Record<"carrying" | "helping" | "gateway", readonly number[]>>;
  /** Fills its queue while it does not take anything. */
  fill(count: number): Promise<void>;
  /** Resolves when it has nothing to do any more, not even beside the messages. */
  settled(): Promise<void>;
}

/** What one run of a carrier was like. */
export interface Run {
  /** Messages per second. */
  readonly rate: number;
  /** Processor time of a message, in seconds, of those that take messages. */
  readonly carryingCpu: number;
  /** The same of whoever helps them. */
  readonly helpingCpu: number;
  /** Processor time of a message, in seconds, of the gateway, until the last report was in. */
  readonly gatewayCpu: number;
  /** The same of the broker. */
  readonly brokerCores: number;
  /** The same of those that take messages. */
  readonly carryingCores: number;
  /** The same of whoever helps them. */
  readonly helpingCores: number;
  /** The largest resident memory of those that take messages, in MB. */
  readonly rssMb: number;
}

/** Share of the messages that is carried before the clock is started. */
const WARM_SHARE = 0.1;

/**
 * Has a carrier carry messages. It is stopped like a debugger stops a program while its queue is
 * filled, and all other carriers are stopped as long as it works.
 *
 * @param carrier who carries
 * @param count how many
 * @param broker where
 */
export async function runCarrier(
  carrier: Carrier,
  count: number,
  broker: BenchBroker,
): Promise<Run> {
  const { processes: { carrying, helping, gateway } } = carrier;
  await broker.purge(carrier.to);
  await carrier.fill(count);
  const groups = [carrying, helping, [broker.pid]];
  let before: number[] = [];
  let rssMb = 0;
  const gatewayBefore = cpuSecondsOf(gateway);
  signal(carrying, "SIGCONT");
  const arrival = await broker.watch(carrier.to, count, WARM_SHARE, () => {
    before = groups.map(cpuSecondsOf);
    rssMb = largestRssMb(carrying);
  });
  const used = groups.map((pids, index) => cpuSecondsOf(pids) - (before[index] ?? 0));
  rssMb = Math.max(rssMb, largestRssMb(carrying));
  await carrier.settled();
  signal(carrying, "SIGSTOP");
  const { seconds } = arrival;
  const carried = arrival.to - arrival.from;
  const [carryingUsed = 0, helpingUsed = 0, brokerUsed = 0] = used;
  return {
    rate: carried / seconds,
    carryingCpu: carryingUsed / carried,
    helpingCpu: helpingUsed / carried,
    carryingCores: carryingUsed / seconds,
    helpingCores: helpingUsed / seconds,
    gatewayCpu: (cpuSecondsOf(gateway) - gatewayBefore) / count,
    brokerCores: brokerUsed / seconds,
    rssMb,
  };
}

/**
 * Stops processes, or lets them go on.
 *
 * @param pids their ids
 * @param name the signal
 */
export function signal(pids: readonly number[], name: "SIGCONT" | "SIGSTOP"): void {
  for (const pid of pids) Deno.kill(pid, name);
}
