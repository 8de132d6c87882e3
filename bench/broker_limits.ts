/**
 * Where a RabbitMQ ends: one queue, several side by side, three replicas, and what a connection, a
 * channel and a queue cost in memory. Prints tables; takes five minutes.
 *
 * @module
 */
import { canStartClusters, startCluster } from "../tests/kit/rabbitmq/cluster.ts";
import { findRabbitmq } from "../tests/kit/rabbitmq.ts";
import { measureObjects } from "./broker_limits/measure_objects.ts";
import { measureQueues } from "./broker_limits/measure_queues.ts";
import { measureReplicas } from "./broker_limits/measure_replicas.ts";
import { processOf } from "./broker_limits/node_probe.ts";

/** A broker counts its messages as often as it does by default. */
const CONFIG = ["collect_statistics_interval = 5000"];

/** The broker's buffers follow the socket's, which on loopback are megabytes. */
const NETWORK_BUFFERS = [
  "tcp_listen_options.sndbuf = 131072",
  "tcp_listen_options.recbuf = 131072",
];

/**
 * Measures and prints, as Markdown.
 *
 * @param say is told what is being measured
 */
export async function printBrokerLimits(say: (doing: string) => void): Promise<void> {
  const rabbitmq = await findRabbitmq();
  {
    await using server = await rabbitmq.createServer({ config: CONFIG });
    await server.start();
    const node = { server, pid: await processOf(server) };
    console.log(await measureQueues(node, say));
  }
  {
    await using server = await rabbitmq.createServer({ config: [...CONFIG, ...NETWORK_BUFFERS] });
    await server.start();
    console.log(await measureObjects(server, say));
  }
  if (!await canStartClusters()) return say("no cluster: RabbitMQ is not installed here");
  say("three nodes start");
  await using cluster = await startCluster(3, CONFIG);
  const nodes = [];
  for (const { server } of cluster.nodes) nodes.push({ server, pid: await processOf(server) });
  console.log(await measureReplicas(nodes, say));
}
