import {
  answersOk,
  askOnce,
  childrenOf,
  findPostgres,
  findRabbitmq,
  freePort,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
  startProgram,
} from "../../tests/kit/mod.ts";
import { BenchBroker } from "../rabbitmq/bench_broker.ts";
import { QUEUE, TOOLS_FILE } from "./call.ts";
import { type GatewayMetrics, parseGatewayMetrics } from "./gateway_metrics.ts";

/** A gateway with all that it stands on, each in processes of its own. */
export interface Stand extends AsyncDisposable {
  /** The URL of each gateway. */
  readonly urls: readonly string[];
  readonly gatewayPids: readonly number[];
  /** The database's processes, where there is one. */
  databasePids(): number[];
  /** The broker's process, or that of the embedded queue's other end. */
  readonly brokerPids: readonly number[];
  /** Metrics of each gateway. */
  metrics(): Promise<GatewayMetrics[]>;
}

/** How to put a gateway up. */
export interface StandOptions {
  /** Where jobs are kept; PostgreSQL comes with RabbitMQ, the others with the embedded queue. */
  readonly store: "memory" | "sqlite" | "postgres";
  /** Gateways; more than one needs PostgreSQL. */
  readonly processes?: number;
  /** Whether it has only the built-in tool. */
  readonly builtInOnly?: boolean;
  /** Whether jobs end, reported as their last actor would. */
  readonly endJobs?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Lines of postgresql.conf: every commit is on disk before it is answered. */
const DURABLE = ["fsync = on", "synchronous_commit = on", "max_wal_size = 4GB"];

/** A queue that nobody reads keeps so many messages; the broker drops the oldest. */
const KEPT_MESSAGES = 1_000;

/**
 * Puts a gateway up, and waits until it can work.
 *
 * @param options what it stands on
 * @returns `undefined` where a server is needed that cannot be started here
 */
export async function startStand(options: StandOptions): Promise<Stand | undefined> {
  const { store, processes = 1, builtInOnly = false, endJobs = false } = options;
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder());
  const ports = Array.from({ length: processes }, freePort);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const below = store === "postgres"
    ? await startServers(stack)
    : await startDrain(stack, folder.at("queues.db"), endJobs ? urls[0] : undefined);
  if (below === undefined) return undefined;
  const databaseUrl = { memory: "memory:", sqlite: `sqlite:${folder.at("jobs.db")}` };
  const env = {
    ASYA_SQLITE_PATH: folder.at("queues.db"),
    ...(!builtInOnly && { ASYA_CONFIG_PATH: await folder.write("tools.yaml", TOOLS_FILE) }),
    ...(store !== "postgres" && { ASYA_DATABASE_URL: databaseUrl[store] }),
    ...below.env,
    ...options.env,
  };
  const gateways: RunningProcess[] = [];
  for (const port of ports) {
    const own = { ...env, ASYA_GATEWAY_PORT: String(port) };
    const gateway = stack.use(await startProgram("gateway", { env: own, cwd: folder.path }));
    await gateway.waitForLine("listening");
    gateways.push(gateway);
  }
  for (const url of urls) {
    await poll(`${url} to be ready`, () => answersOk(`${url}/readyz`));
  }
  const kept = stack.move();
  return {
    urls,
    gatewayPids: gateways.map(({ pid }) => pid),
    databasePids: below.databasePids,
    brokerPids: below.brokerPids,
    metrics: () =>
      Promise.all(urls.map(async (url) => {
        const response = await fetch(`${url}/metrics`);
        return parseGatewayMetrics(await response.text());
      })),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What stands below a gateway, and how it is told of it. */
interface Below {
  readonly env: Readonly<Record<string, string>>;
  readonly brokerPids: readonly number[];
  databasePids(): number[];
}

/** A PostgreSQL and a RabbitMQ that nobody else uses. */
async function startServers(stack: AsyncDisposableStack): Promise<Below | undefined> {
  const [rabbitmq, postgres] = [await findRabbitmq(), await findPostgres()];
  if (rabbitmq.hasNoServer || postgres.hasNoServer) return undefined;
  const broker = stack.use(await BenchBroker.start(rabbitmq));
  await broker.declare([QUEUE], { "x-max-length": KEPT_MESSAGES });
  const server = stack.use(await postgres.createServer({ config: DURABLE }));
  await server.start();
  const url = `${server.url}/postgres`;
  const [row] = await askOnce(url, (sql) => sql`SELECT pg_read_file('postmaster.pid') AS text`);
  const pid = Number.parseInt(row?.text);
  return {
    env: { ASYA_RABBITMQ_URL: broker.vhost.url, ASYA_DATABASE_URL: url },
    brokerPids: [broker.pid],
    databasePids: () => [pid, ...childrenOf(pid)],
  };
}

/** The embedded queue, and a process that takes its messages away. */
async function startDrain(
  stack: AsyncDisposableStack,
  path: string,
  gatewayUrl: string | undefined,
): Promise<Below> {
  const files = [path, `${path}-wal`, `${path}-shm`, `${path}-journal`, `${path}-bells`].join(",");
  const drain = stack.use(
    new RunningProcess({
      name: "drain",
      command: Deno.execPath(),
      args: [
        ...["run", "--quiet", "--no-prompt"],
        ...[`--allow-read=${files}`, `--allow-write=${files}`],
        ...gatewayUrl === undefined ? [] : [`--allow-net=${new URL(gatewayUrl).host}`],
        pathOf("bench/gateway/drain.ts"),
        ...[path, QUEUE, ...gatewayUrl === undefined ? [] : [gatewayUrl]],
      ],
      env: platformEnv(),
    }),
  );
  await drain.waitForLine(({ text }) => text === "ready");
  return {
    env: {},
    brokerPids: [drain.pid],
    databasePids: () => [],
  };
}
