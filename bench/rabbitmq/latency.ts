import { TERMINAL_QUEUES } from "@asya/protocol";
import { pause } from "../../tests/kit/mod.ts";
import { type Figure, percentile } from "../figure.ts";
import { type BenchBroker, publish } from "./bench_broker.ts";
import { jobMessage } from "./job_message.ts";
import { startRelay } from "./start_relay.ts";
import { startMesh } from "./step_mesh.ts";

/** Somewhere a message goes in, and comes out elsewhere. */
interface Chain {
  readonly name: string;
  readonly steps: readonly string[];
  /** The queue it goes into, and the one it is taken from in the end. */
  readonly from: string;
  readonly to: string;
  readonly samplesMs: number[];
}

const STEPS = ["first", "second", "third"];
const RAW = ["raw-first", "raw-second", "raw-third", "raw-end"];

/** Messages a second, into each chain. */
const RATE = 20;
const WARM_UP = 60;
const SAMPLES = 300;

/** What the project asks for: so many times what three raw relays take, the broker's part left out. */
const AIM = 1.5;

/**
 * How long a message takes through three steps at a low rate: three sidecars with their runtimes,
 * three raw relays, and one queue without anybody. All three are measured at the same time, one
 * message after the other.
 *
 * @param broker a broker that nobody else uses
 * @param say is told what is being measured
 */
export async function measureLatency(
  broker: BenchBroker,
  say: (doing: string) => void,
): Promise<Figure[]> {
  say(`three steps at ${RATE} messages a second`);
  const actors = STEPS.map((name) => ({ name, prefetch: 1 }));
  await using _mesh = await startMesh(broker, actors, STEPS);
  await broker.declare([...RAW, "empty"]);
  await using relays = new AsyncDisposableStack();
  for (const [index, from] of RAW.slice(0, -1).entries()) {
    const { url } = broker.vhost;
    relays.use(await startRelay({ url, from, to: RAW[index + 1]!, prefetch: 1 }));
  }
  const { happyEnd } = TERMINAL_QUEUES;
  const chains: Chain[] = [
    { name: "one empty queue", steps: ["empty"], from: "empty", to: "empty", samplesMs: [] },
    { name: "three raw relays", steps: RAW, from: RAW[0]!, to: RAW.at(-1)!, samplesMs: [] },
    { name: "three steps", steps: STEPS, from: STEPS[0]!, to: happyEnd, samplesMs: [] },
  ];
  await sendThrough(broker, chains);
  return figuresOf(chains);
}

/** Sends messages at a steady rate, into one chain after the other. */
async function sendThrough(broker: BenchBroker, chains: readonly Chain[]): Promise<void> {
  const publishing = await broker.connection.createConfirmChannel();
  const taking = await broker.connection.createChannel();
  for (const { to, samplesMs } of chains) {
    await taking.purgeQueue(to);
    await taking.consume(to, (message) => {
      const sentMs = sent.get(jobOf(message?.content));
      if (sentMs !== undefined) samplesMs.push(performance.now() - sentMs);
    }, { noAck: true });
  }
  const sent = new Map<string, number>();
  const beganMs = performance.now();
  const count = (WARM_UP + SAMPLES) * chains.length;
  for (let number = 0; number < count; number++) {
    // Keeps the rate; each chain gets its message while the others have none.
    const dueMs = beganMs + number * 1_000 / RATE / chains.length;
    await pause(Math.max(0, dueMs - performance.now()));
    const { from, steps } = chains[number % chains.length]!;
    const message = jobMessage(steps);
    sent.set(jobOf(message.body), performance.now());
    publish(publishing, from, message);
  }
  // Lets the last ones arrive.
  await pause(1_000);
  await taking.close();
  await publishing.close();
}

function jobOf(body: Uint8Array | undefined): string {
  return body ? JSON.parse(new TextDecoder().decode(body)).job_id : "";
}

function figuresOf(chains: readonly Chain[]): Figure[] {
  const part = "rabbitmq latency";
  const [empty = [], raw = [], ours = []] = chains.map(({ samplesMs }) => samplesMs.slice(WARM_UP));
  const p50 = (samples: readonly number[]) => percentile(samples, 0.5);
  const rows = chains.flatMap(({ name, samplesMs }): Figure[] =>
    [["p50", 0.5], ["p99", 0.99]].map(([label, share]) => ({
      ...{ part, name: `${name}, ${label}`, unit: "ms" },
      value: percentile(samplesMs.slice(WARM_UP), Number(share)),
    }))
  );
  return [...rows, {
    ...{ part, name: "three steps to three raw relays, less the empty queue", unit: "ratio" },
    value: (p50(ours) - p50(empty)) / (p50(raw) - p50(empty)),
    aim: { atMost: AIM },
  }];
}
