import { pathOf, platformEnv } from "../../tests/kit/mod.ts";
import type { TestServer } from "../../tests/kit/rabbitmq.ts";
import { cpuSecondsOf } from "../rabbitmq/process_load.ts";
import type { Load, Seen } from "./load.ts";
import { probeShares, type Shares, writtenBytesOf } from "./node_probe.ts";

/** A node of the broker, as it is measured. */
export interface MeasuredNode {
  readonly server: TestServer;
  /** The id of its process. */
  readonly pid: number;
}

/** How queues are loaded. */
export interface LoadPlan {
  readonly queues: readonly string[];
  /** Where the queues' clients are; they take turns. */
  readonly ports: readonly number[];
  /** Messages that a publisher has in flight. */
  readonly inFlight: number;
  /** Messages that a consumer holds. */
  readonly prefetch: number;
}

/** What a broker did in a few seconds. */
export interface LoadedBroker {
  /** Messages per second that were published, confirmed, taken and acknowledged. */
  readonly rate: number;
  /** The same, published and confirmed: more than the rate where a backlog grew. */
  readonly publishRate: number;
  /** Processor cores that all nodes used. */
  readonly cores: number;
  /** Processor time of all nodes for a message, in microseconds. */
  readonly cpuUs: number;
  /** Bytes that all nodes wrote to disk for a message. */
  readonly writtenBytes: number;
  /** What the first node's processes were busy with. */
  readonly shares: Shares;
}

/** How long is measured at least. */
const WATCH_MS = 3_000;

/**
 * Loads queues with one process that publishes and one that takes, for a few seconds.
 *
 * @param nodes the broker's nodes, the one that leads the queues first
 * @param plan what is loaded, and how
 */
export async function runLoad(
  nodes: readonly MeasuredNode[],
  { queues, ports, inFlight, prefetch }: LoadPlan,
): Promise<LoadedBroker> {
  const places = queues.map((queue, index) => ({ queue, port: ports[index % ports.length]! }));
  const workers = [
    startWorker({ queues: places, role: "drain", inFlight: prefetch }),
    startWorker({ queues: places, role: "press", inFlight }),
  ];
  for (const { lines } of workers) await lines.read(); // each says that it is ready
  await signalAll(workers);
  const pids = nodes.map(({ pid }) => pid);
  // Until it is warm.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const [cpuS, bytes, startMs] = [cpuSecondsOf(pids), writtenBytesOf(pids), performance.now()];
  const [shares] = await Promise.all([
    probeShares(nodes[0]!.server),
    new Promise((resolve) => setTimeout(resolve, WATCH_MS)),
  ]);
  const seconds = (performance.now() - startMs) / 1_000;
  const usedS = cpuSecondsOf(pids) - cpuS;
  const written = writtenBytesOf(pids) - bytes;
  await signalAll(workers);
  const [drained, pressed] = await Promise.all(workers.map(endWorker));
  const rate = drained!;
  return {
    rate,
    publishRate: pressed!,
    cores: usedS / seconds,
    cpuUs: usedS / seconds / rate * 1e6,
    writtenBytes: written / seconds / rate,
    shares,
  };
}

/** A process that loads or empties queues. */
interface Worker {
  readonly child: Deno.ChildProcess;
  readonly lines: ReadableStreamDefaultReader<string>;
}

async function signalAll(workers: readonly Worker[]): Promise<void> {
  for (const { child } of workers) {
    const input = child.stdin.getWriter();
    await input.write(new Uint8Array(1));
    input.releaseLock();
  }
}

/** Gives the messages per second that it saw. */
async function endWorker({ child, lines }: Worker): Promise<number> {
  const { value = "" } = await lines.read();
  await lines.cancel();
  await child.stdin.close();
  await child.status;
  const seen: Seen = JSON.parse(value);
  return seen.count / seen.seconds;
}

function startWorker(load: Load): Worker {
  const ports = [...new Set(load.queues.map(({ port }) => `127.0.0.1:${port}`))];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", `--allow-net=${ports}`],
      pathOf("bench/broker_limits/load.ts"),
      JSON.stringify(load),
    ],
    env: platformEnv(),
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  return { child, lines: child.stdout.pipeThrough(new TextDecoderStream()).getReader() };
}
