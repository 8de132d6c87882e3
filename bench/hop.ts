import { TERMINAL_QUEUES } from "@asya/protocol";
import {
  freePort,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  Queues,
  RunningProcess,
  startProgram,
  startRuntime,
} from "../tests/kit/mod.ts";
import type { Figure } from "./figure.ts";
import { benchMessage } from "./payload.ts";
import { cpuSecondsOf } from "./rabbitmq/process_load.ts";

/** Messages that are carried, by how many are worked on at a time. */
const MESSAGES: readonly [concurrency: number, count: number][] = [
  [1, 2_000],
  [10, 10_000],
  [100, 20_000],
];

/** Share of the messages that is carried before the clock is started: the way is warm by then. */
const WARM_SHARE = 0.1;

/** Processes that carry messages from `step` to happy-end. */
export interface Carrier extends AsyncDisposable {
  readonly pids: readonly number[];
}

/** How messages were carried, on most of their way. */
export interface Carried {
  readonly perSecond: number;
  /** Processor time that the carriers took for ten thousand of them, in seconds. */
  readonly cpuSeconds: number;
}

/**
 * How many messages per second take one hop (queue, sidecar, runtime, queue), beside a process that
 * only relays them from queue to queue.
 *
 * @param say is told what is being measured
 */
export async function measureHop(say: (doing: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [concurrency, count] of MESSAGES) {
    say(`${count} messages relayed, ${concurrency} at a time`);
    const messages = Array.from({ length: count }, (_, number) => benchMessage(["step"], number));
    const { perSecond: relay } = await measureCarrying(
      messages,
      (path) => startRelay(path, concurrency),
    );
    say(`${count} messages through sidecar and runtime, ${concurrency} at a time`);
    const { perSecond: hop } = await measureCarrying(
      messages,
      (path, folder) => startStep(path, folder, concurrency),
    );
    const name = (what: string) => `${what}, ${concurrency} at a time`;
    figures.push(
      { part: "hop", name: name("relay"), value: relay, unit: "msg/s" },
      { part: "hop", name: name("hop"), value: hop, unit: "msg/s" },
      { part: "hop", name: name("hop to relay"), value: hop / relay, unit: "ratio" },
    );
  }
  return figures;
}

/**
 * Fills the queue `step`, starts whoever empties it, and measures most of the way.
 *
 * @param messages what to fill it with
 * @param start starts whoever carries all of them to happy-end
 */
export async function measureCarrying(
  messages: readonly Uint8Array[],
  start: (queuesPath: string, folder: string) => Promise<Carrier>,
): Promise<Carried> {
  const count = messages.length;
  await using folder = await makeTempFolder();
  const path = folder.at("queues.db");
  await using queues = await Queues.open(path, ["step", ...Object.values(TERMINAL_QUEUES)]);
  for (let from = 0; from < count; from += 500) {
    await queues.publishAll("step", messages.slice(from, from + 500));
  }
  await using carrier = await start(path, folder.path);
  const carried = async () => (await queues.holds(TERMINAL_QUEUES.happyEnd)).ready;
  const timeoutMs = 300_000;
  const first = await poll("the first messages to be carried", async () => {
    const done = await carried();
    return done >= count * WARM_SHARE && look(done, carrier);
  }, { timeoutMs, everyMs: 5 });
  const last = await poll("all messages to be carried", async () => {
    const done = await carried();
    return done === count && look(done, carrier);
  }, { timeoutMs, everyMs: 20 });
  const carriedNow = last.done - first.done;
  return {
    perSecond: carriedNow / ((last.atMs - first.atMs) / 1000),
    cpuSeconds: (last.cpuSeconds - first.cpuSeconds) / carriedNow * 10_000,
  };
}

/** What there is to be seen at a moment. */
function look(done: number, { pids }: Carrier) {
  return { done, atMs: performance.now(), cpuSeconds: cpuSecondsOf(pids) };
}

/**
 * Starts a sidecar and a runtime, whose handler is an echo.
 *
 * @param queuesPath the file of the queues
 * @param folder where the socket goes
 * @param concurrency messages worked on at a time
 * @param env further settings of both
 */
export async function startStep(
  queuesPath: string,
  folder: string,
  concurrency: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Carrier> {
  await using stack = new AsyncDisposableStack();
  const socketPath = `${folder}/app.sock`;
  const runtime = stack.use(
    await startRuntime({
      handler: "bench/handlers/echo.ts",
      socketPath,
      env: { ASYA_CONCURRENCY: String(concurrency), ...env },
    }),
  );
  const sidecar = stack.use(
    await startProgram("sidecar", {
      env: {
        ASYA_QUEUE_NAME: "step",
        ASYA_SOCKET_PATH: socketPath,
        ASYA_SQLITE_PATH: queuesPath,
        ASYA_METRICS_ADDR: `127.0.0.1:${freePort()}`,
        ASYA_RABBITMQ_PREFETCH: String(concurrency),
        ...env,
      },
    }),
  );
  const all = stack.move();
  return {
    pids: [runtime.pid, sidecar.pid],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** A process that takes, publishes and acknowledges: the least that any hop has to do. */
function startRelay(queuesPath: string, concurrency: number): Promise<Carrier> {
  const paths = `${queuesPath},${queuesPath}-bells`;
  const relay = new RunningProcess({
    name: "relay",
    command: Deno.execPath(),
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--allow-read=${paths}`,
      `--allow-write=${paths}`,
      pathOf("bench/relay.ts"),
      queuesPath,
      String(concurrency),
    ],
    env: platformEnv(),
  });
  return Promise.resolve({
    pids: [relay.pid],
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  });
}
