import { type Figure, median } from "../figure.ts";
import type { BenchBroker } from "./bench_broker.ts";
import { type Carrier, type Run, runCarrier, signal } from "./carrier.ts";
import { jobMessage } from "./job_message.ts";
import { startRelay } from "./start_relay.ts";
import { carrierOf, completedShare, startMesh } from "./step_mesh.ts";

/** How many messages are carried in one run, by prefetch, and the aims. */
const LOADS = [
  { prefetch: 1, count: 800, aim: 0.8 },
  { prefetch: 10, count: 3_000, aim: 0.8 },
  { prefetch: 100, count: 8_000, aim: 0.8 },
  { prefetch: 300, count: 9_000, aim: 0.65 },
] as const;

/** What the project asks for with progress on, at any prefetch. */
const AIM_WITH_PROGRESS = 0.7;

const ROUNDS = 5;

/**
 * How many messages per second a sidecar with its runtime carries, with progress reports and
 * without, beside a raw relay. All of them run in turn in every round, and ratios are made within a
 * round, so that a busy machine slows all alike.
 *
 * @param broker a broker that nobody else uses
 * @param say is told what is being measured
 */
export async function measureThroughput(
  broker: BenchBroker,
  say: (doing: string) => void,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const load of LOADS) figures.push(...await measureAt(load, broker, say));
  return figures;
}

async function measureAt(
  { prefetch, count, aim }: (typeof LOADS)[number],
  broker: BenchBroker,
  say: (doing: string) => void,
): Promise<Figure[]> {
  const actors = [
    { name: "off", prefetch },
    { name: "on", prefetch, reports: true },
  ] as const;
  await using mesh = await startMesh(broker, actors, ["on"]);
  await broker.declare(["raw", "raw-end"]);
  const { url } = broker.vhost;
  await using relay = await startRelay({ url, from: "raw", to: "raw-end", prefetch });
  const raw: Carrier = {
    name: "raw",
    from: "raw",
    to: "raw-end",
    processes: { carrying: [relay.pid], helping: [], gateway: [] },
    fill: (count) => broker.fill("raw", count, () => jobMessage(["raw"])),
    settled: async () => {},
  };
  const [off, on] = actors.map((actor) => carrierOf(mesh, actor, broker)) as [Carrier, Carrier];
  for (const { processes } of [raw, off, on]) signal(processes.carrying, "SIGSTOP");
  const runs = new Map<Carrier, Run[]>([[raw, []], [off, []], [on, []]]);
  for (let round = 0; round <= ROUNDS; round++) {
    say(`${count} messages at prefetch ${prefetch}, ${round === 0 ? "warm-up" : `round ${round}`}`);
    for (const [carrier, done] of runs) {
      const run = await runCarrier(carrier, count, broker);
      if (round > 0) done.push(run);
    }
  }
  const completed = await completedShare(mesh);
  return figuresOf(
    { prefetch, aim, completed },
    runs.get(raw) ?? [],
    runs.get(off) ?? [],
    runs.get(on) ?? [],
  );
}

function figuresOf(
  { prefetch, aim, completed }: {
    readonly prefetch: number;
    readonly aim: number;
    readonly completed: number;
  },
  raw: readonly Run[],
  off: readonly Run[],
  on: readonly Run[],
): Figure[] {
  const part = `rabbitmq ${prefetch}`;
  const middle = (name: string, unit: Figure["unit"], values: readonly number[]): Figure => ({
    ...{ part, name, unit },
    value: median(values),
    spread: { low: Math.min(...values), high: Math.max(...values) },
  });
  const ratios = (runs: readonly Run[]) =>
    runs.map(({ rate }, round) => rate / (raw[round]?.rate ?? NaN));
  const per10k = (of: keyof Run, runs: readonly Run[]) => runs.map((run) => run[of] * 10_000);
  const rates = (runs: readonly Run[]) => runs.map(({ rate }) => rate);
  const isAim = prefetch === 100;
  return [
    middle("raw relay", "msg/s", rates(raw)),
    middle("sidecar and runtime", "msg/s", rates(off)),
    { ...middle("sidecar and runtime to raw relay", "ratio", ratios(off)), aim: { atLeast: aim } },
    middle("with progress", "msg/s", rates(on)),
    {
      ...middle("with progress to raw relay", "ratio", ratios(on)),
      aim: { atLeast: AIM_WITH_PROGRESS },
    },
    {
      ...{ part, name: "completed reports that arrived", unit: "ratio", value: completed },
      aim: { atLeast: 0.99 },
    },
    middle("raw relay, processor time", "s/10k", per10k("carryingCpu", raw)),
    {
      ...middle("sidecar, processor time", "s/10k", per10k("carryingCpu", off)),
      ...(isAim && { aim: { atMost: 2.2 } }),
    },
    middle("sidecar with progress, processor time", "s/10k", per10k("carryingCpu", on)),
    middle("runtime, processor time", "s/10k", per10k("helpingCpu", off)),
    middle("gateway, processor time", "s/10k", per10k("gatewayCpu", on)),
    middle("broker, under the raw relay", "cores", raw.map(({ brokerCores }) => brokerCores)),
    middle("broker, under the sidecar", "cores", off.map(({ brokerCores }) => brokerCores)),
    {
      ...middle("sidecar, resident under load", "MB", off.map(({ rssMb }) => rssMb)),
      aim: { atMost: 90 },
    },
    {
      ...middle("sidecar with progress, resident", "MB", on.map(({ rssMb }) => rssMb)),
      aim: { atMost: 90 },
    },
  ];
}
