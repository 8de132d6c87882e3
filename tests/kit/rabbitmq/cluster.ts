import { freePort } from "../free_port.ts";
import { thisMachine } from "../machine.ts";
import { poll } from "../poll.ts";
import { RunningProcess } from "../running_process.ts";
import { platformEnv } from "../start_program.ts";
import { InstalledServer } from "./installed_server.ts";
import { rabbitmqKind } from "./server_kind.ts";
import type { TestServer } from "./test_server.ts";

/** Nodes of RabbitMQ on this machine that are one broker; disposing removes all of them. */
export interface TestCluster extends AsyncDisposable {
  /** The nodes, each of which can be killed and started by itself. */
  readonly nodes: readonly ClusterNode[];
}

/** One node of a cluster. */
export interface ClusterNode {
  /** What the other nodes, and the management interface, call it. */
  readonly name: string;
  readonly server: TestServer;
  /** Where it is, as programs are told. */
  readonly url: string;
}

/** A node takes longer to start while its neighbours do the same. */
const JOIN_LIMIT_MS = 60_000;

/** Whether clusters can be started here: nodes in containers are not supported. */
export async function canStartClusters(): Promise<boolean> {
  return await rabbitmqKind.findInstalled(thisMachine) !== undefined;
}

/**
 * Starts nodes from installed files and waits until each of them sees all.
 *
 * @param count how many nodes
 * @param config further lines of rabbitmq.conf, for every node
 * @throws Error where no RabbitMQ is installed
 */
export async function startCluster(
  count: number,
  config: readonly string[] = [],
): Promise<TestCluster> {
  const script = await rabbitmqKind.findInstalled(thisMachine);
  if (script === undefined) throw new Error("there is no installed RabbitMQ to make a cluster of");
  await using stack = new AsyncDisposableStack();
  const mapperPort = freePort();
  stack.use(startMapper(mapperPort));
  const names = Array.from({ length: count }, (_, index) => `asya-test-${index + 1}@localhost`);
  const discovery = names.map((name, index) =>
    `cluster_formation.classic_config.nodes.${index + 1} = ${name}`
  );
  const cookie = crypto.randomUUID();
  const nodes: ClusterNode[] = [];
  for (const name of names) {
    const folder = await Deno.makeTempDir({ prefix: "asya-rabbitmq-" });
    await Deno.mkdir(`${folder}/home`);
    // Nodes that share this secret let each other in; Erlang wants nobody else to read it.
    await Deno.writeTextFile(`${folder}/home/.erlang.cookie`, cookie, { mode: 0o400 });
    const server = new InstalledServer({
      folder,
      server: script,
      env: { RABBITMQ_NODENAME: name, ERL_EPMD_PORT: String(mapperPort) },
      config: [
        "cluster_formation.peer_discovery_backend = classic_config",
        ...discovery,
        ...config,
      ],
    });
    stack.use(server);
    nodes.push({ name, server, url: `amqp://guest:guest@127.0.0.1:${server.ports.amqp}/` });
  }
  // The first one makes the cluster, the others find it.
  for (const { server } of nodes) await server.start();
  for (const node of nodes) await waitForNodes(node, count);
  const owned = stack.move();
  return { nodes, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/**
 * Waits until a node sees so many running nodes, itself included.
 *
 * @param node who is asked
 * @param count how many
 */
export async function waitForNodes({ name, server }: ClusterNode, count: number): Promise<void> {
  await poll(`${count} running nodes, as ${name} sees them`, async () => {
    const nodes = await server.admin.get<{ readonly running: boolean }[]>("nodes");
    return nodes.filter(({ running }) => running).length === count;
  }, { timeoutMs: JOIN_LIMIT_MS, everyMs: 100 });
}

/** Ends the mapper with whoever started it, however that ends: `$1` is the id of that process. */
const MAP_PORTS = `
epmd -port "$0" -address 127.0.0.1 &
trap "kill $!" EXIT
trap exit TERM
while kill -0 "$1" 2>/dev/null; do sleep 0.2; done`;

/** Tells nodes each other's ports. One for all, which outlives each of them. */
function startMapper(port: number): AsyncDisposable {
  const mapper = new RunningProcess({
    name: "port mapper",
    command: "sh",
    args: ["-c", MAP_PORTS, String(port), String(Deno.pid)],
    env: platformEnv(),
  });
  return {
    async [Symbol.asyncDispose]() {
      await mapper.stop();
    },
  };
}
