/**
 * Two gateways at one PostgreSQL and one RabbitMQ, each a process with its own flags, and a whole
 * mesh behind them, which reaches them as clients do.
 *
 * @module
 */
import type { JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import {
  flagsOf,
  freePort,
  KeptProcess,
  pathOf,
  platformEnv,
  poll,
  type ShownJob,
  TestMesh,
  type TestMeshOptions,
  type TestVhost,
} from "../kit/mod.ts";
import { Balancer } from "./balancer.ts";

/** One actor: where only gateways are to feel a fault, more would only take time. */
export const ONE_ACTOR = `
name: walkers
actors:
  - { name: first, handler: ./steps.ts#walk, concurrency: 8, prefetch: 8 }
tools:
  - name: walk
    parameters: { n: { type: integer }, workMs: { type: integer } }
    route: [first]
    timeout: 600
  - name: hurried
    parameters: { n: { type: integer } }
    route: [first]
    timeout: 2
`;

/**
 * Whether a job has the result of a walk over that one actor.
 *
 * @param job as the gateway shows it
 */
export function hasWalkedOnce({ payload, result }: ShownJob): boolean {
  return isDeepStrictEqual(result, { ...payload as JsonObject, walked: 1 });
}

/** The actors that stand behind the last step of every mesh. */
const TERMINAL_UNITS = ["happy-end", "error-end"];

/** One of the gateways: its process may come and go, its address stays. */
export interface Replica {
  readonly url: string;
  readonly process: KeptProcess;
}

/** How to start them. */
export interface GatewaysOptions {
  /** Where each gateway reaches PostgreSQL. */
  readonly databaseUrls: readonly [string, string];
  readonly vhost: Pick<TestVhost, "admin" | "name" | "url">;
  /** Where gateways reach RabbitMQ; the vhost's URL where nothing is said. */
  readonly brokerUrl?: string;
  /** The mesh's file; one actor where nothing is said. */
  readonly yaml?: string;
  /** Its actors, where it is another one. */
  readonly actors?: readonly string[];
  /** Further variables of the gateways. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further variables of the others. */
  readonly meshEnv?: TestMeshOptions["env"];
}

/** Gateways and the mesh behind them; disposing ends all of it. */
export class Gateways implements AsyncDisposable {
  readonly mesh: TestMesh;
  readonly replicas: readonly [Replica, Replica];
  readonly #balancer: Balancer;

  private constructor(mesh: TestMesh, replicas: [Replica, Replica], balancer: Balancer) {
    this.mesh = mesh;
    this.replicas = replicas;
    this.#balancer = balancer;
  }

  /**
   * Starts them, and waits until all of them are ready.
   *
   * @param options where they keep what they keep
   */
  static async start(options: GatewaysOptions): Promise<Gateways> {
    const { yaml = ONE_ACTOR, actors = ["first"], vhost, meshEnv } = options;
    const mesh = await TestMesh.start({
      yaml,
      vhost,
      handlersIn: "tests/faults/handlers",
      only: [...actors, ...TERMINAL_UNITS],
      env: { ...meshEnv, runtime: { ASYA_ERROR_RETRY_DELAY_BASE: "1s", ...meshEnv?.runtime } },
    });
    const [a, b] = options.databaseUrls;
    const replicas: [Replica, Replica] = [
      await startReplica("a", mesh, a, options),
      await startReplica("b", mesh, b, options),
    ];
    const ports = replicas.map(({ url }) => Number(new URL(url).port));
    const balancer = new Balancer(Number(new URL(mesh.gatewayUrl).port), ports);
    const started = new Gateways(mesh, replicas, balancer);
    try {
      await started.waitUntilReady();
      return started;
    } catch (error) {
      const output = replicas.map(({ process }) => process.output).join("\n");
      await started[Symbol.asyncDispose]();
      throw new Error(`${error}\n${output}`, { cause: error });
    }
  }

  /** Everything that both gateways, and those before them, wrote. */
  get lines(): readonly KeptProcess["now"]["lines"][number][] {
    return this.replicas.flatMap(({ process }) => process.lives.flatMap(({ lines }) => lines));
  }

  /** Waits until both can work. */
  async waitUntilReady(timeoutMs = 60_000): Promise<void> {
    await Promise.all(
      this.replicas.map((replica) =>
        poll(`${replica.process.plan.name} to be ready`, () => isReady(replica), { timeoutMs })
      ),
    );
  }

  /** Ends the gateways in order, and checks that they could. */
  async stop(): Promise<void> {
    for (const { process } of this.replicas) assert.equal((await process.stop()).code, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.replicas.map(({ process }) => process.kill()));
    await this.#balancer[Symbol.asyncDispose]();
    await this.mesh[Symbol.asyncDispose]();
  }
}

/**
 * Whether a gateway says that it can work.
 *
 * @param replica the gateway
 */
export async function isReady({ url }: Replica): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // nobody listens, or answers
  }
}

async function startReplica(
  name: string,
  mesh: TestMesh,
  databaseUrl: string,
  { vhost, brokerUrl = vhost.url, env: more = {} }: GatewaysOptions,
): Promise<Replica> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...platformEnv(),
    ASYA_LOG_FORMAT: "json",
    ASYA_GATEWAY_PORT: String(port),
    ASYA_DATABASE_URL: databaseUrl,
    ASYA_RABBITMQ_URL: brokerUrl,
    ASYA_SQLITE_PATH: mesh.folder.at("queues.db"),
    ASYA_CONFIG_PATH: mesh.folder.at(".asya/tools.yaml"),
    ...more,
  };
  const flags = await flagsOf("gateway", env);
  const args = ["run", "--quiet", ...flags, pathOf("gateway/main.ts")];
  const unit = `gateway.${name}`;
  const plan = { name: unit, unit, program: "gateway" as const, args, env, cwd: mesh.folder.path };
  return { url, process: new KeptProcess(plan, {}) };
}
