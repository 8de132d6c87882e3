import { findRabbitmq } from "../tests/kit/mod.ts";
import type { Figure } from "./figure.ts";
import { BenchBroker } from "./rabbitmq/bench_broker.ts";
import { measureLatency } from "./rabbitmq/latency.ts";
import { measureScaling } from "./rabbitmq/scaling.ts";
import { measureThroughput } from "./rabbitmq/throughput.ts";

/**
 * A hop over RabbitMQ (queue, sidecar, runtime, queue) beside a raw relay, on a broker of its own.
 *
 * @param say is told what is being measured
 * @returns nothing where there is no RabbitMQ that can be started
 */
export async function measureRabbitmq(say: (doing: string) => void): Promise<Figure[]> {
  const rabbitmq = await findRabbitmq();
  if (rabbitmq.hasNoServer) return [];
  say("a broker starts");
  await using broker = await BenchBroker.start(rabbitmq);
  return [
    ...await measureThroughput(broker, say),
    ...await measureLatency(broker, say),
    ...await measureScaling(broker, say),
  ];
}
