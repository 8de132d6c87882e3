import { TERMINAL_QUEUES } from "@asya/protocol";
import { GatewayClient, poll, TestMesh } from "../../tests/kit/mod.ts";
import type { BenchBroker } from "./bench_broker.ts";
import type { Carrier } from "./carrier.ts";
import { jobMessage, paddedPayload } from "./job_message.ts";

/** An actor of the bench. */
export interface BenchActor {
  readonly name: string;
  /** Messages that its sidecar holds, and its handler works on, at a time. */
  readonly prefetch: number;
  /** How many pairs of sidecar and runtime it has. */
  readonly replicas?: number;
  /** Whether its sidecars report progress. */
  readonly reports?: boolean;
}

/** Calls of a tool that are under way at a time when jobs are made. */
const CALLS_AT_A_TIME = 64;

/**
 * Starts a mesh whose handlers echo: each process as the `asya` command starts it, with the gateway
 * where any actor reports progress.
 *
 * @param broker where its queues are
 * @param actors who works in it
 * @param route the route of its one tool
 */
export async function startMesh(
  broker: BenchBroker,
  actors: readonly BenchActor[],
  route: readonly string[],
): Promise<TestMesh> {
  const silent = actors.filter(({ reports }) => !reports);
  const isReporting = silent.length < actors.length;
  const names = actors.flatMap(({ name, replicas = 1 }) => replicaNames(name, replicas));
  return await TestMesh.start({
    yaml: `
name: bench
store: { url: "memory:" }
actors:
${actors.map(describe).join("\n")}
tools:
  - { name: bench, route: [${route.join(", ")}], parameters: { fill: { type: string } } }
`,
    handlersIn: "bench/handlers",
    only: [...isReporting ? ["gateway"] : [], ...actors.map(({ name }) => name)],
    vhost: broker.vhost,
    env: {
      gateway: { ASYA_MEMORY_MAX_JOBS: "1000000", ASYA_MEMORY_MAX_BYTES: "8GiB" },
      ...Object.fromEntries(
        names.filter((name) => silent.some((actor) => isOf(actor.name, name)))
          .map((name) => [`${name}.sidecar`, { ASYA_GATEWAY_URL: "" }]),
      ),
    },
  });
}

/**
 * An actor of a mesh as somebody who carries messages to the end.
 *
 * @param mesh the mesh
 * @param actor one of its actors
 * @param broker where its queues are
 */
export function carrierOf(mesh: TestMesh, actor: BenchActor, broker: BenchBroker): Carrier {
  const { name, replicas = 1, reports = false, prefetch } = actor;
  const pids = (program: string) =>
    replicaNames(name, replicas).map((replica) => mesh.process(`${replica}.${program}`).now.pid);
  const client = new GatewayClient(mesh.gatewayUrl);
  return {
    name,
    from: name,
    to: TERMINAL_QUEUES.happyEnd,
    processes: {
      carrying: pids("sidecar"),
      helping: pids("runtime"),
      gateway: reports ? [mesh.process("gateway").now.pid] : [],
    },
    async fill(count) {
      if (!reports) return await broker.fill(name, count, () => jobMessage([name]));
      await createJobs(client, count, [name]);
      await poll("the messages of all jobs", async () => {
        const ready = await broker.count(name);
        return ready >= count - prefetch * replicas;
      });
    },
    async settled() {
      if (reports) await reportsToStop(mesh);
    },
  };
}

/**
 * The share of a gateway's jobs whose one step was reported completed.
 *
 * @param mesh a mesh with a gateway
 */
export async function completedShare(mesh: TestMesh): Promise<number> {
  const jobs = await new GatewayClient(mesh.gatewayUrl).jobs();
  return jobs.filter((job) => job.progress_percent === 100).length / jobs.length;
}

async function createJobs(
  client: GatewayClient,
  count: number,
  route: readonly string[],
): Promise<void> {
  let left = count;
  const callInTurn = async () => {
    while (left-- > 0) await client.call("bench", paddedPayload(route));
  };
  await Promise.all(Array.from({ length: CALLS_AT_A_TIME }, callInTurn));
}

/** Waits until two looks in a row see as many reports. */
async function reportsToStop(mesh: TestMesh): Promise<void> {
  let before = "";
  await poll("the end of the reports", async () => {
    const response = await fetch(`${mesh.gatewayUrl}/metrics`);
    const text = await response.text();
    const reports = text.split("\n").filter((line) => line.includes("reports_total{")).join();
    const isSame = reports === before;
    before = reports;
    return isSame;
  }, { everyMs: 100, timeoutMs: 30_000 });
}

function describe({ name, prefetch, replicas = 1 }: BenchActor): string {
  return `  - { name: ${name}, handler: ./echo.ts, concurrency: ${prefetch}, replicas: ${replicas} }`;
}

function replicaNames(name: string, replicas: number): string[] {
  if (replicas === 1) return [name];
  return Array.from({ length: replicas }, (_, index) => `${name}.${index + 1}`);
}

function isOf(actor: string, replica: string): boolean {
  return replica === actor || replica.startsWith(`${actor}.`);
}
