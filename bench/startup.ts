import {
  answersOk,
  freePort,
  makeTempFolder,
  pathOf,
  pause,
  poll,
  rssMbOf,
  type RunningProcess,
  SessionPeer,
  startProgram,
  startRuntime,
} from "../tests/kit/mod.ts";
import { type Figure, median } from "./figure.ts";

const REPEATS = 7;

/** How long a process is left alone before its memory is looked at. */
const IDLE_MS = 1_500;

/** One start: how long it took, and what it needs then. */
interface Start {
  readonly readyMs: number;
  readonly rssMb: number;
}

/**
 * How long each program takes from its start until it can work, and how much memory it holds when
 * it has nothing to do.
 *
 * @param say is told what is being measured
 */
export async function measureStartup(say: (doing: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  const programs = [
    ["sidecar", startSidecar, 150, 60],
    ["host (supervisor and child)", startHost, 200, undefined],
    ["gateway", startGateway, undefined, undefined],
  ] as const;
  for (const [name, start, aimMs, aimMb] of programs) {
    say(`${REPEATS} starts of the ${name}`);
    const starts: Start[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) starts.push(await start());
    figures.push({
      part: "start",
      name: `${name}, ready`,
      value: median(starts.map(({ readyMs }) => readyMs)),
      unit: "ms",
      ...(aimMs !== undefined && { aim: { atMost: aimMs } }),
    }, {
      part: "start",
      name: `${name}, resident when idle`,
      value: median(starts.map(({ rssMb }) => rssMb)),
      unit: "MB",
      ...(aimMb !== undefined && { aim: { atMost: aimMb } }),
    });
  }
  return figures;
}

/** A sidecar is ready when its queue and its host are there; the host is started before. */
async function startSidecar(): Promise<Start> {
  await using folder = await makeTempFolder();
  const socketPath = folder.at("app.sock");
  await using _runtime = await startRuntime({ handler: "bench/handlers/echo.ts", socketPath });
  const address = `127.0.0.1:${freePort()}`;
  return await measureStart(
    () =>
      startProgram("sidecar", {
        env: {
          ASYA_QUEUE_NAME: "step",
          ASYA_SOCKET_PATH: socketPath,
          ASYA_SQLITE_PATH: folder.at("queues.db"),
          ASYA_METRICS_ADDR: address,
        },
      }),
    () => answersOk(`http://${address}/readyz`),
  );
}

/** A host is ready when it answers a hello. */
async function startHost(): Promise<Start> {
  await using folder = await makeTempFolder();
  const socketPath = folder.at("app.sock");
  return await measureStart(
    () =>
      startProgram("runtime", {
        env: { ASYA_HANDLER: pathOf("bench/handlers/echo.ts"), ASYA_SOCKET_PATH: socketPath },
      }),
    () => answersHello(socketPath),
  );
}

async function startGateway(): Promise<Start> {
  await using folder = await makeTempFolder();
  const port = freePort();
  return await measureStart(
    () =>
      startProgram("gateway", {
        env: {
          ASYA_GATEWAY_HOST: "127.0.0.1",
          ASYA_GATEWAY_PORT: String(port),
          ASYA_SQLITE_PATH: folder.at("queues.db"),
          ASYA_DATABASE_URL: `sqlite:${folder.at("jobs.db")}`,
        },
      }),
    () => answersOk(`http://127.0.0.1:${port}/readyz`),
  );
}

async function measureStart(
  start: () => Promise<RunningProcess>,
  isReady: () => Promise<boolean>,
): Promise<Start> {
  const startMs = performance.now();
  await using process = await start();
  await poll(`${process.name} to be ready`, isReady, { everyMs: 1 });
  const readyMs = performance.now() - startMs;
  // Lets the process come to rest: what it needed to start may be given back.
  await pause(IDLE_MS);
  return { readyMs, rssMb: rssMbOf(process.pid) };
}

async function answersHello(socketPath: string): Promise<boolean> {
  try {
    await using session = await SessionPeer.open(socketPath);
    await session.hello();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
