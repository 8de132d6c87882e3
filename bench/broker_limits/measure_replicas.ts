import { median } from "../figure.ts";
import { markdownTable } from "@asya/program";
import { provideQueues } from "./measure_queues.ts";
import { type LoadedBroker, type MeasuredNode, runLoad } from "./run_load.ts";

/** How often each is measured, in turns. */
const ROUNDS = 3;

/** What is compared: the queue, where its clients are, and how many messages are under way. */
const CASES = [
  { name: "classic", type: "classic", replicas: 1, isNear: true },
  { name: "quorum, 1 replica", type: "quorum", replicas: 1, isNear: true },
  { name: "quorum, 3 replicas", type: "quorum", replicas: 3, isNear: true },
  {
    name: "quorum, 3 replicas, clients at another node",
    type: "quorum",
    replicas: 3,
    isNear: false,
  },
] as const;

const IN_FLIGHT = [500, 1];

/**
 * What replicas cost: the same load on a queue of one node and on one of three.
 *
 * @param nodes three nodes of one cluster
 * @param say is told what is being measured
 * @returns a table as Markdown
 */
export async function measureReplicas(
  nodes: readonly MeasuredNode[],
  say: (doing: string) => void,
): Promise<string> {
  const cases = IN_FLIGHT.flatMap((inFlight) =>
    CASES.map((what) => ({ ...what, inFlight, runs: [] as LoadedBroker[] }))
  );
  for (let round = 1; round <= ROUNDS; round++) {
    for (const { name, type, replicas, isNear, inFlight, runs } of cases) {
      say(`${name}, ${inFlight} in flight, ${round} of ${ROUNDS}`);
      const [leader, other] = nodes.map(({ server }) => server.ports.amqp);
      const more: Record<string, number> = type === "quorum"
        ? { "x-quorum-initial-group-size": replicas }
        : {};
      await using _queue = await provideQueues(leader!, type, ["replicated"], more);
      runs.push(
        await runLoad(nodes, {
          queues: ["replicated"],
          ports: [isNear ? leader! : other!],
          inFlight,
          prefetch: 300,
        }),
      );
    }
  }
  return markdownTable(
    [
      "queue",
      "in flight",
      "messages/s",
      "against classic",
      "CPU µs/message, all nodes",
      "KB/message to disk",
    ],
    cases.map(({ name, inFlight, runs }) => {
      const classic = cases.find((one) => one.inFlight === inFlight && one.type === "classic")!;
      // Each round by itself: the machine is as busy for one as for the other.
      const ratios = runs.map(({ rate }, index) => rate / classic.runs[index]!.rate);
      return [
        name,
        String(inFlight),
        Math.round(median(runs.map(({ rate }) => rate))).toLocaleString("en"),
        median(ratios).toFixed(2),
        median(runs.map(({ cpuUs }) => cpuUs)).toFixed(0),
        (median(runs.map(({ writtenBytes }) => writtenBytes)) / 1_000).toFixed(1),
      ];
    }),
  );
}
