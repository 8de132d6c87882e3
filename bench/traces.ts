import { freePort, pathOf, platformEnv, RunningProcess } from "../tests/kit/mod.ts";
import { type Figure, median } from "./figure.ts";
import { type Carried, measureCarrying, startStep } from "./hop.ts";
import { benchMessage } from "./payload.ts";

/** Messages worked on at a time: so many that the processes have no time to wait. */
const CONCURRENCY = 100;

/** Messages of one measurement. */
const COUNT = 40_000;

/** How often everything is measured, in turn. */
const ROUNDS = 3;

/** Spans of one hop: its wait, its work, its call and its send, and the handler's. */
const SPANS_OF_A_HOP = 5;

/** What is compared: whether OpenTelemetry is on, and the share of messages that are recorded. */
const MODES = [
  { name: "off", isOn: false, share: 0.01 },
  { name: "on, none recorded", isOn: true, share: 0 },
  { name: "on, 1 % recorded", isOn: true, share: 0.01 },
  { name: "on, all recorded", isOn: true, share: 1 },
] as const;

/**
 * What traces cost a hop: messages per second with OpenTelemetry off, and on with some of the
 * messages recorded; the ratios are made within a round.
 *
 * @param say is told what is being measured
 */
export async function measureTraces(say: (doing: string) => void): Promise<Figure[]> {
  const port = freePort();
  await using collector = startCollector(port);
  await collector.waitForLine(({ text }) => text === "ready");
  const arrived = async (): Promise<number> =>
    Number(await (await fetch(`http://127.0.0.1:${port}/`)).text());
  const carried = MODES.map((): Carried[] => []);
  const shares: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Each round begins with another one: who comes first may find the machine in another state.
    for (let turn = 0; turn < MODES.length; turn++) {
      const index = (round + turn) % MODES.length;
      const { name, isOn, share } = MODES[index]!;
      say(`round ${round + 1} of ${ROUNDS}: ${COUNT} messages, ${name}`);
      const before = await arrived();
      carried[index]?.push(
        await measureCarrying(
          messagesOf(share),
          (path, folder) => startStep(path, folder, CONCURRENCY, isOn ? exportTo(port) : {}),
        ),
      );
      if (share === 1) shares.push((await arrived() - before) / (COUNT * SPANS_OF_A_HOP));
    }
  }
  const figures = MODES.flatMap(({ name, share }, index) =>
    compare(name, carried[index] ?? [], index === 0 ? undefined : carried[0], share === 0.01)
  );
  const arrivals = { name: "spans that arrived, of all recorded", ...middle(shares) };
  return [...figures, { part: "traces", ...arrivals, unit: "ratio" }];
}

/** One mode's rates and processor time, and how they compare with those of the same rounds. */
function compare(
  name: string,
  own: readonly Carried[],
  off: readonly Carried[] | undefined,
  hasAim: boolean,
): Figure[] {
  const part = "traces";
  const rate = { part, name, ...middle(own.map(({ perSecond }) => perSecond)), unit: "msg/s" };
  const cpus = middle(own.map(({ cpuSeconds }) => cpuSeconds));
  const cpu = { part, name: `${name}, processor`, ...cpus, unit: "s/10k" };
  const absolute = [{ ...rate, unit: "msg/s" }, { ...cpu, unit: "s/10k" }] as const;
  if (!off) return [...absolute];
  const rates = own.map(({ perSecond }, round) => perSecond / (off[round]?.perSecond ?? NaN));
  const loads = own.map(({ cpuSeconds }, round) => cpuSeconds / (off[round]?.cpuSeconds ?? NaN));
  const aim = hasAim && { aim: { atLeast: 0.9 } };
  return [
    ...absolute,
    { part, name: `${name}, to off`, ...middle(rates), unit: "ratio", ...aim },
    { part, name: `${name}, processor, to off`, ...middle(loads), unit: "ratio" },
  ];
}

function middle(values: readonly number[]): Pick<Figure, "value" | "spread"> {
  return {
    value: median(values),
    spread: { low: Math.min(...values), high: Math.max(...values) },
  };
}

/** Messages of which a share is recorded, evenly among the others, as a gateway sends them. */
function messagesOf(share: number): Uint8Array[] {
  return Array.from({ length: COUNT }, (_, number) => {
    const isRecorded = Math.floor((number + 1) * share) > Math.floor(number * share);
    const trace = (number + 1).toString(16).padStart(32, "a");
    const traceparent = `00-${trace}-b7ad6b7169203331-0${isRecorded ? 1 : 0}`;
    return benchMessage(["step"], number, { traceparent });
  });
}

function exportTo(port: number): Record<string, string> {
  return {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_TRACES_SAMPLER: "parentbased_always_on",
    // Only traces are measured here.
    OTEL_DENO_METRICS: "false",
    OTEL_DENO_CONSOLE: "ignore",
  };
}

function startCollector(port: number): RunningProcess {
  return new RunningProcess({
    name: "collector",
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--no-prompt", `--allow-net=127.0.0.1:${port}`],
      pathOf("bench/count_spans.ts"),
      String(port),
    ],
    env: platformEnv(),
  });
}
