import { TERMINAL_QUEUES } from "@asya/protocol";
import { TestMesh } from "../tests/kit/mod.ts";
import { type Figure, percentile } from "./figure.ts";
import { benchMessage } from "./payload.ts";

const STEPS = ["first", "second", "third"];
const WARM_UP = 50;
const SAMPLES = 500;

/**
 * How long a message takes through three steps of an idle mesh, from before its publish until it is
 * taken from happy-end.
 *
 * @param say is told what is being measured
 */
export async function measureLatency(say: (doing: string) => void): Promise<Figure[]> {
  say(`${SAMPLES} messages through three steps, one after the other`);
  await using mesh = await TestMesh.start({
    yaml: `
name: bench
actors:
${STEPS.map((name) => `  - { name: ${name}, handler: ./echo.ts }`).join("\n")}
tools:
  - { name: echo, route: [${STEPS.join(", ")}] }
`,
    handlersIn: "bench/handlers",
    only: STEPS,
  });
  const { queues } = mesh;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  let arrived = Promise.withResolvers<void>();
  await using _consumer = await queues.consume(TERMINAL_QUEUES.happyEnd, (delivery) => {
    arrived.resolve();
    delivery.ack().catch(reject);
  });
  const samplesMs: number[] = [];
  for (let sample = 0; sample < WARM_UP + SAMPLES; sample++) {
    arrived = Promise.withResolvers();
    const message = benchMessage(STEPS, sample);
    const startMs = performance.now();
    await queues.publish("first", message);
    await Promise.race([arrived.promise, failed]);
    if (sample >= WARM_UP) samplesMs.push(performance.now() - startMs);
  }
  return [["p50", 0.5], ["p99", 0.99]].map(([name, share]) => ({
    part: "latency",
    name: `three steps, idle, ${name}`,
    value: percentile(samplesMs, Number(share)),
    unit: "ms",
  }));
}
