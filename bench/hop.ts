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

/** Messages that are carried, by how many are worked on at a time. */
const MESSAGES: readonly [concurrency: number, count: number][] = [
  [1, 2_000],
  [10, 10_000],
  [100, 20_000],
];

/** Share of the messages that is carried before the clock is started: the way is warm by then. */
const WARM_SHARE = 0.1;

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
    const relay = await measureRate(messages, (path) => startRelay(path, concurrency));
    say(`${count} messages through sidecar and runtime, ${concurrency} at a time`);
    const hop = await measureRate(
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
 * Fills the queue `step`, starts whoever empties it, and takes the time of most of the way.
 *
 * @param messages what to fill it with
 * @param start starts whoever carries all of them to happy-end
 * @returns messages per second
 */
export async function measureRate(
  messages: readonly Uint8Array[],
  start: (queuesPath: string, folder: string) => Promise<AsyncDisposable>,
): Promise<number> {
  const count = messages.length;
  await using folder = await makeTempFolder();
  const path = folder.at("queues.db");
  await using queues = await Queues.open(path, ["step", ...Object.values(TERMINAL_QUEUES)]);
  for (let from = 0; from < count; from += 500) {
    await queues.publishAll("step", messages.slice(from, from + 500));
  }
  await using _emptying = await start(path, folder.path);
  const carried = async () => (await queues.holds(TERMINAL_QUEUES.happyEnd)).ready;
  const timeoutMs = 300_000;
  const first = await poll("the first messages to be carried", async () => {
    const done = await carried();
    return done >= count * WARM_SHARE && { done, atMs: performance.now() };
  }, { timeoutMs, everyMs: 5 });
  const last = await poll("all messages to be carried", async () => {
    const done = await carried();
    return done === count && { done, atMs: performance.now() };
  }, { timeoutMs, everyMs: 20 });
  return (last.done - first.done) / ((last.atMs - first.atMs) / 1000);
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
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const socketPath = `${folder}/app.sock`;
  stack.use(
    await startRuntime({
      handler: "bench/handlers/echo.ts",
      socketPath,
      env: { ASYA_CONCURRENCY: String(concurrency), ...env },
    }),
  );
  stack.use(
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
  return stack.move();
}

/** A process that takes, publishes and acknowledges: the least that any hop has to do. */
function startRelay(queuesPath: string, concurrency: number): Promise<AsyncDisposable> {
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
  return Promise.resolve(relay);
}
