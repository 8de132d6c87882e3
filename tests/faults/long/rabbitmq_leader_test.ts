/**
 * A cluster of three brokers loses the one that leads the queue: a quorum queue goes on without it,
 * also for programs that were connected to it; a classic queue waits for it.
 *
 * @module
 */
import { openRabbitmq, type QueueType, type Transport, type TransportEvent } from "@asya/transport";
import assert from "node:assert/strict";
import { pause, poll, TcpProxy } from "../../kit/mod.ts";
import {
  canStartClusters,
  type ClusterNode,
  startCluster,
  waitForNodes,
} from "../../kit/rabbitmq/cluster.ts";

const ignore = !await canStartClusters();

const MESSAGES = 3_000;

/** Publishers side by side, each with one message in flight. */
const PUBLISHERS = 50;

/** A node that is started again is back within this time. */
const CONFIRM_LIMIT_MS = 60_000;

/** Programs that publish for the first time, one after the other. */
const NEWCOMERS = 20;

/** The queue goes on within a second or two; the rest is for a busy machine. */
const RESUME_LIMIT_MS = 20_000;

Deno.test({
  name: "[D2] [D17] a quorum queue goes on when the node that leads it is killed",
  ignore,
  fn: async (test) => {
    await using cluster = await startCluster(3);
    for (const via of ["the others", "the killed node"] as const) {
      for (const victim of cluster.nodes) {
        await test.step(`${victim.name}, programs at ${via}`, async () => {
          const others = cluster.nodes.filter((node) => node !== victim);
          const entries = via === "the others" ? others : [victim, victim];
          const resumedMs = await loseLeader({ victim, others, entries, queueType: "quorum" });
          console.log(`  resumed after ${Math.round(resumedMs)} ms`);
          await victim.server.start();
          await waitForNodes(victim, 3);
        });
      }
    }
  },
});

Deno.test({
  name: "[D2] [D17] a classic queue waits for its node, and has lost nothing when that is back",
  ignore,
  fn: async () => {
    await using cluster = await startCluster(3);
    const [first, victim, third] = cluster.nodes;
    assert.ok(first && victim && third);
    const others = [first, third];
    const startedMs = performance.now();
    const resumedMs = await loseLeader({
      victim,
      others,
      entries: others,
      queueType: "classic",
      whileAway: async (taken) => {
        const before = taken();
        // As long as an election of a quorum queue would take, several times.
        await pause(3_000);
        assert.equal(taken(), before, "somebody else has the queue");
        await victim.server.start();
      },
    });
    assert.ok(resumedMs > 3_000 && resumedMs < performance.now() - startedMs);
  },
});

Deno.test({
  name:
    "[D2] [D17] a program that first publishes while a leader is elected is not refused for ever",
  ignore,
  fn: async () => {
    await using cluster = await startCluster(3);
    const [entry, victim] = cluster.nodes;
    assert.ok(entry && victim);
    await declareAt(victim, "elected", "quorum");
    await using stack = new AsyncDisposableStack();
    const transports = Array.from({ length: NEWCOMERS }, () => {
      const transport = openRabbitmq({ address: { url: entry.url }, queueType: "quorum" });
      stack.defer(() => transport.close());
      return transport;
    });
    await poll("all connections", () => transports.every(({ connected }) => connected));
    const killing = victim.server.kill();
    let refused = 0;
    await Promise.all(transports.map(async (transport, number) => {
      // An election takes some hundred milliseconds: one newcomer after the other comes into it.
      await pause(number * 20);
      await publishOne(transport, "elected", `m${number}`, () => refused++);
    }));
    await killing;
    const state = await transports[0]?.inspect("elected");
    assert.ok(state && state.ready >= NEWCOMERS);
    console.log(`  refused ${refused} times`);
  },
});

/** A loss to live through. */
interface Loss {
  /** The node that leads the queue and is killed. */
  readonly victim: ClusterNode;
  readonly others: readonly ClusterNode[];
  /** Where the publisher and the consumer are connected. */
  readonly entries: readonly ClusterNode[];
  readonly queueType: QueueType;
  /** What happens while the node is away; it is told how to count what was taken so far. */
  readonly whileAway?: (taken: () => number) => Promise<void>;
}

/**
 * Kills the leader under load and sees every confirmed message arrive.
 *
 * @returns milliseconds from the kill until messages are taken again
 */
async function loseLeader({ victim, others, entries, queueType, whileAway }: Loss) {
  const queue = `led-${crypto.randomUUID()}`;
  await declareAt(victim, queue, queueType);
  assert.equal(await leaderOf(others[0]!, queue), victim.name);
  // What a service in front of the nodes does: it leads to one that lives.
  await using fronts = new AsyncDisposableStack();
  const [publisher, consumer] = entries.map(({ server }) => {
    const front = fronts.use(new TcpProxy(server.ports.amqp));
    const events: TransportEvent[] = [];
    const url = `amqp://guest:guest@127.0.0.1:${front.port}/`;
    const onEvent = (event: TransportEvent) => events.push(event);
    const transport = openRabbitmq({ address: { url }, queueType, onEvent });
    fronts.defer(() => transport.close());
    return { front, transport, events };
  });
  assert.ok(publisher && consumer);
  await consumer.transport.declare([queue]);
  const takenAtMs: number[] = [];
  const taken = new Map<string, number>();
  await consumer.transport.consume(queue, {
    prefetch: 100,
    onDelivery: async ({ messageId = "", ack }) => {
      takenAtMs.push(performance.now());
      taken.set(messageId, (taken.get(messageId) ?? 0) + 1);
      await ack();
    },
  });
  const publishing = publishAll(publisher.transport, queue);
  await poll("the load", () => taken.size > MESSAGES / 4);
  const killedMs = performance.now();
  await victim.server.kill();
  assert.ok(taken.size < MESSAGES, "it was killed under load");
  const survivors = others.map(({ server }) => server.ports.amqp);
  if (entries.includes(victim)) {
    publisher.front.redirect(survivors[0]!);
    consumer.front.redirect(survivors[1]!);
  }
  await whileAway?.(() => taken.size);
  await publishing;
  await poll("every message", () => taken.size === MESSAGES, { timeoutMs: RESUME_LIMIT_MS });
  const again = [...taken.values()].reduce((sum, times) => sum + times - 1, 0);
  const lost = [...publisher.events, ...consumer.events].filter(({ kind }) =>
    kind === "disconnected"
  );
  assert.equal(lost.length > 0, entries.includes(victim), "who lost a connection");
  assert.ok(again <= PUBLISHERS + 100, `${again} came twice: more than were in flight`);
  return longestPause(takenAtMs, killedMs);
}

async function declareAt(node: ClusterNode, queue: string, queueType: QueueType): Promise<void> {
  const transport = openRabbitmq({ address: { url: node.url }, queueType });
  await transport.declare([queue]);
  await transport.close();
}

/** The node that leads a queue; of a classic one, the only one that has it. */
async function leaderOf({ server }: ClusterNode, queue: string): Promise<string> {
  const { leader, node } = await server.admin.get<{ leader?: string; node: string }>(
    `queues/%2f/${queue}`,
  );
  return leader ?? node;
}

/** Publishes many messages, with some in flight at a time. */
async function publishAll(transport: Transport, queue: string): Promise<void> {
  let next = 0;
  const publishInTurn = async () => {
    while (next < MESSAGES) {
      await publishOne(transport, queue, `m${next++}`);
      // A load that the machine carries easily, and that lasts longer than the kill takes.
      await pause(10);
    }
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, publishInTurn));
}

/** Publishes a message until it is confirmed. */
async function publishOne(
  transport: Transport,
  queue: string,
  messageId: string,
  onFailed: () => void = () => {},
): Promise<void> {
  const message = { queue, messageId, body: new Uint8Array(1024) };
  await poll(`a confirm of ${messageId}`, async () => {
    const [outcome] = await transport.publish([message]);
    if (outcome !== "confirmed") onFailed();
    return outcome === "confirmed";
  }, { timeoutMs: CONFIRM_LIMIT_MS, everyMs: 100 });
}

/** The longest time in which nothing came, counted from the kill. */
function longestPause(timesMs: readonly number[], killedMs: number): number {
  const after = [killedMs, ...timesMs.filter((ms) => ms > killedMs)];
  return Math.max(...after.slice(1).map((ms, index) => ms - after[index]!));
}
