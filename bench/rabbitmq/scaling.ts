import { type Figure, median } from "../figure.ts";
import type { BenchBroker } from "./bench_broker.ts";
import { type Carrier, type Run, runCarrier, signal } from "./carrier.ts";
import { jobMessage } from "./job_message.ts";
import { startRelay } from "./start_relay.ts";
import { carrierOf, startMesh } from "./step_mesh.ts";

/** How many carriers share one queue. */
const SIZES = [1, 2, 4] as const;

/** Messages that each of them holds at a time: one alone then waits for confirms most of the time. */
const PREFETCH = 10;

const COUNT = 6_000;
const ROUNDS = 2;

/**
 * How the rate of one queue grows with the sidecars on it, beside as many raw relays, and what
 * machine there is left: with everything on one machine, sidecars, runtimes and the broker share
 * its cores.
 *
 * @param broker a broker that nobody else uses
 * @param say is told what is being measured
 */
export async function measureScaling(
  broker: BenchBroker,
  say: (doing: string) => void,
): Promise<Figure[]> {
  const actors = SIZES.map((replicas) => ({
    name: `shared-by-${replicas}`,
    prefetch: PREFETCH,
    replicas,
  }));
  await using mesh = await startMesh(broker, actors, [actors[0]!.name]);
  await using stack = new AsyncDisposableStack();
  const carriers: Carrier[] = [];
  for (const [index, size] of SIZES.entries()) {
    carriers.push(
      await startRelays(size, broker, stack),
      carrierOf(mesh, actors[index]!, broker),
    );
  }
  for (const { processes } of carriers) signal(processes.carrying, "SIGSTOP");
  const runs = new Map<Carrier, Run[]>(carriers.map((carrier) => [carrier, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    say(`sidecars on one queue, ${round === 0 ? "warm-up" : `round ${round}`}`);
    for (const [carrier, done] of runs) {
      const run = await runCarrier(carrier, COUNT, broker);
      if (round > 0) done.push(run);
    }
  }
  return carriers.flatMap((carrier) => figuresOf(carrier, runs.get(carrier) ?? []));
}

async function startRelays(
  size: number,
  broker: BenchBroker,
  stack: AsyncDisposableStack,
): Promise<Carrier> {
  const { url } = broker.vhost;
  const [from, to] = [`raw-shared-by-${size}`, "raw-end"];
  await broker.declare([from, to]);
  const pids: number[] = [];
  for (let index = 0; index < size; index++) {
    pids.push(stack.use(await startRelay({ url, from, to, prefetch: PREFETCH })).pid);
  }
  return {
    ...{ name: `${size} raw`, from, to },
    processes: { carrying: pids, helping: [], gateway: [] },
    fill: (count) => broker.fill(from, count, () => jobMessage([from])),
    settled: () => Promise.resolve(),
  };
}

function figuresOf({ processes }: Carrier, runs: readonly Run[]): Figure[] {
  const part = "rabbitmq scaling";
  const size = processes.carrying.length;
  const isOurs = processes.helping.length > 0;
  const who = isOurs ? `${size} with runtime` : `${size} raw`;
  const figure = (name: string, unit: Figure["unit"], values: readonly number[]): Figure => ({
    ...{ part, name: `${who}${name}`, unit, value: median(values) },
    spread: { low: Math.min(...values), high: Math.max(...values) },
  });
  const cores = (run: Run) => run.carryingCores + run.helpingCores;
  return [
    figure("", "msg/s", runs.map(({ rate }) => rate)),
    figure(", broker", "cores", runs.map(({ brokerCores }) => brokerCores)),
    figure(isOurs ? ", sidecars and runtimes" : ", relays", "cores", runs.map(cores)),
  ];
}
