import { connect } from "amqplib";
import { markdownTable } from "@asya/program";
import { median } from "../figure.ts";
import { queueArguments, type QueueType } from "../../transport/rabbitmq/queue_arguments.ts";
import { type LoadedBroker, type MeasuredNode, runLoad } from "./run_load.ts";

/** Queues side by side. */
const COUNTS = [1, 2, 4, 8];

/** How often each is measured; other work on the machine comes and goes. */
const ROUNDS = 3;

/**
 * Loads one queue and several side by side, of each type, in turns.
 *
 * @param node the only node
 * @param say is told what is being measured
 * @returns a table as Markdown
 */
export async function measureQueues(
  node: MeasuredNode,
  say: (doing: string) => void,
): Promise<string> {
  const port = node.server.ports.amqp;
  const cases = (["classic", "quorum"] as const).flatMap((type) =>
    COUNTS.map((count) => ({ type, count, runs: [] as LoadedBroker[] }))
  );
  for (let round = 1; round <= ROUNDS; round++) {
    for (const { type, count, runs } of cases) {
      say(`${count} ${type} side by side, ${round} of ${ROUNDS}`);
      const queues = Array.from({ length: count }, (_, number) => `${type}-${number}`);
      await using _queues = await provideQueues(port, type, queues);
      runs.push(await runLoad([node], { queues, ports: [port], inFlight: 500, prefetch: 300 }));
    }
  }
  return markdownTable(
    [
      "queues",
      "messages/s, best of three",
      "broker's cores then",
      "CPU µs/message",
      "queue",
      "log",
      "channels",
      "connections",
      "waiting at the log",
      "so one queue, on a whole core",
    ],
    cases.map(({ type, count, runs }) => {
      const best = runs.reduce((one, other) => other.rate > one.rate ? other : one);
      const cpuUs = median(runs.map((run) => run.cpuUs));
      const share = (read: (run: LoadedBroker) => number) => median(runs.map(read));
      const busiest = share(({ shares }) => shares.queue.busiest);
      const percent = (value: number) => `${Math.round(100 * value)} %`;
      return [
        `${count} ${type}`,
        round(best.rate, 100),
        best.cores.toFixed(1),
        cpuUs.toFixed(0),
        percent(share(({ shares }) => shares.queue.all)),
        percent(share(({ shares }) => shares.log.all)),
        percent(share(({ shares }) => shares.channel.all)),
        percent(share(({ shares }) => shares.connection.all)),
        String(share(({ shares }) => shares.log.waiting)),
        count === 1 ? `${round(1e6 / (cpuUs * busiest), 1_000)}/s` : "",
      ];
    }),
  );
}

/**
 * Makes queues that are gone when it is disposed of.
 *
 * @param port the node that leads them
 * @param type their type
 * @param queues their names
 * @param more further arguments
 */
export async function provideQueues(
  port: number,
  type: QueueType,
  queues: readonly string[],
  more: Readonly<Record<string, number>> = {},
): Promise<AsyncDisposable> {
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}/`);
  const channel = await connection.createChannel();
  const args = { ...queueArguments(type, "3.0.0"), ...more };
  for (const queue of queues) {
    await channel.assertQueue(queue, { durable: true, arguments: args });
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const queue of queues) await channel.deleteQueue(queue);
      await connection.close();
    },
  };
}

function round(value: number, to: number): string {
  return (Math.round(value / to) * to).toLocaleString("en");
}
