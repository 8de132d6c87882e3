import { permissionFlags } from "@asya/program";
import { parse } from "yaml";
import { KubeClient, type NewObject } from "../tests/kit/kube.ts";
import { parseKubeconfig } from "../tests/kit/kube/client/kubeconfig.ts";
import {
  answersOk,
  findRabbitmq,
  freePort,
  makeTempFolder,
  parseMetrics,
  pathOf,
  pause,
  platformEnv,
  poll,
  rssMbOf,
  RunningProcess,
  type TempFolder,
} from "../tests/kit/mod.ts";
import { type Figure, median } from "./figure.ts";

/** As many as a busy cluster has. */
const ACTORS = 1_000;

const REPEATS = 5;

/** How long a process is left alone before its memory is looked at. */
const IDLE_MS = 1_500;

/** How often the operator looks at everything while it is measured. */
const RESYNC_SECONDS = 10;

const NAMESPACE = "default";

/** An API server in a process of its own, so that memory is the operator's alone. */
interface Cluster extends AsyncDisposable {
  readonly kubeconfig: string;
  readonly client: KubeClient;
}

/**
 * The operator as a bundle: its start, its memory with nothing to do and with a thousand actors, how
 * long it takes to make them all, and what it writes when nothing has changed.
 *
 * @param say is told what is being measured
 */
export async function measureOperator(say: (doing: string) => void): Promise<Figure[]> {
  await using folder = await makeTempFolder();
  say("bundling");
  await build(folder);
  await using cluster = await startCluster(folder);
  say(`${REPEATS} starts`);
  const starts: { readonly readyMs: number; readonly rssMb: number }[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) starts.push(await measureStart(folder, cluster));
  const rabbitmq = await findRabbitmq();
  await using vhost = await rabbitmq.createVhost();
  say(`${ACTORS} actors`);
  await createActors(cluster.client, new URL(vhost.url), vhost.name);
  return [
    figure("start to ready", median(starts.map(({ readyMs }) => readyMs)), "ms", 600),
    figure("resident when idle", median(starts.map(({ rssMb }) => rssMb)), "MB", 90),
    ...await measureActors(folder, cluster, say),
  ];
}

async function measureStart(folder: TempFolder, cluster: Cluster) {
  const address = `127.0.0.1:${freePort()}`;
  const startMs = performance.now();
  await using process = await startOperator(folder, cluster, address);
  await untilReady(process, address, 1);
  const readyMs = performance.now() - startMs;
  // Lets the process come to rest: what it needed to start may be given back.
  await pause(IDLE_MS);
  const rssMb = rssMbOf(process.pid);
  await process.stop();
  return { readyMs, rssMb };
}

async function measureActors(
  folder: TempFolder,
  cluster: Cluster,
  say: (doing: string) => void,
): Promise<Figure[]> {
  const address = `127.0.0.1:${freePort()}`;
  const startMs = performance.now();
  await using process = await startOperator(folder, cluster, address);
  await untilReady(process, address, 1);
  const readyMs = performance.now() - startMs;
  let mostMb = 0;
  await poll(`${ACTORS} actors to be made`, async () => {
    mostMb = Math.max(mostMb, rssMbOf(process.pid));
    const actors = await cluster.client.list(typeOf("asya.io/v1alpha1", "AsyncActor"));
    return actors.every(isDone);
  }, { timeoutMs: 300_000, everyMs: 500 });
  const madeSeconds = (performance.now() - startMs) / 1_000;
  await untilQuiet(address);
  say("a resync");
  await pause(IDLE_MS);
  const rssMb = rssMbOf(process.pid);
  const before = await readMetrics(address);
  const target = before.reconciles + ACTORS;
  await poll("everything to be looked at again", async () => {
    return (await readMetrics(address)).reconciles >= target;
  }, { timeoutMs: 4 * RESYNC_SECONDS * 1_000, everyMs: 200 });
  const after = await readMetrics(address);
  mostMb = Math.max(mostMb, rssMbOf(process.pid));
  await process.stop();
  return [
    figure(`start to ready, ${ACTORS} actors`, readyMs, "ms"),
    figure(`${ACTORS} actors made`, madeSeconds * 1_000, "ms", 60_000),
    figure(`resident with ${ACTORS} actors`, rssMb, "MB", 150),
    figure("most resident meanwhile", mostMb, "MB"),
    figure("writes in a resync", after.writes - before.writes, "requests", 0),
  ];
}

/** Waits until nothing is written any more: what was made has an answer in the actors' status. */
async function untilQuiet(address: string): Promise<void> {
  let before = await readMetrics(address);
  await poll("the operator to write nothing any more", async () => {
    const now = await readMetrics(address);
    const isQuiet = now.writes === before.writes;
    before = now;
    return isQuiet;
  }, { timeoutMs: 60_000, everyMs: 2_000 });
}

/** Reconciles so far, and requests that wrote; renewals of the lease, which are updates, aside. */
async function readMetrics(address: string) {
  const response = await fetch(`http://${address}/metrics`);
  const sums = { reconciles: 0, writes: 0 };
  for (const { name, labels, value } of parseMetrics(await response.text())) {
    if (name === "asya_operator_reconcile_total" && labels.of === "actor") sums.reconciles += value;
    const isWrite = ["create", "patch", "delete"].includes(labels.verb ?? "");
    if (name === "asya_operator_api_requests_total" && isWrite) sums.writes += value;
  }
  return sums;
}

async function createActors(client: KubeClient, broker: URL, vhost: string): Promise<void> {
  const text = await Deno.readTextFile(pathOf("examples/asyas/simple-actor.yaml"));
  const actor: NewObject & { spec: Record<string, unknown> } = parse(text);
  await client.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "broker", namespace: NAMESPACE },
    data: { password: btoa(decodeURIComponent(broker.password)) },
  });
  const rabbitmq = {
    host: broker.hostname,
    port: Number(broker.port),
    username: decodeURIComponent(broker.username),
    vhost,
    passwordSecretRef: { name: "broker", key: "password" },
  };
  for (let number = 0; number < ACTORS; number++) {
    const name = `actor-${number}`;
    await client.create({
      ...actor,
      metadata: { name, namespace: NAMESPACE },
      spec: { ...actor.spec, queueName: name, transport: { type: "rabbitmq", rabbitmq } },
    });
  }
}

/** Whether an actor has been looked at to the end, as far as a cluster without pods lets it. */
function isDone({ status, metadata }: { readonly status?: unknown; readonly metadata: unknown }) {
  const { conditions = [], observedGeneration } = (status ?? {}) as {
    conditions?: readonly { readonly type: string }[];
    observedGeneration?: number;
  };
  const { generation } = metadata as { generation: number };
  return observedGeneration === generation && conditions.length > 0;
}

function typeOf(apiVersion: string, kind: string) {
  return { apiVersion, kind, namespace: NAMESPACE };
}

async function untilReady(
  process: RunningProcess,
  address: string,
  everyMs: number,
): Promise<void> {
  await poll(
    `${process.name} to be ready`,
    () => answersOk(`http://${address}/readyz`),
    { everyMs, timeoutMs: 60_000 },
  );
}

/** Every program as a bundle, as `make build` makes them. */
async function build(folder: TempFolder): Promise<void> {
  const args = ["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-run"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, pathOf("tools/build.ts"), folder.path],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function startOperator(
  folder: TempFolder,
  cluster: Cluster,
  address: string,
): Promise<RunningProcess> {
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    ASYA_OPERATOR_ADDR: address,
    ASYA_RUNTIME_BUNDLE: folder.at("runtime"),
    ASYA_RESYNC_PERIOD: `${RESYNC_SECONDS}s`,
    ASYA_LOG_FORMAT: "json",
  };
  const permissions = JSON.parse(await Deno.readTextFile(folder.at("operator/permissions.json")));
  return new RunningProcess({
    name: "operator",
    command: Deno.execPath(),
    args: ["run", "--quiet", ...permissionFlags(permissions, env), folder.at("operator/main.js")],
    env: { ...platformEnv(), ...env },
  });
}

async function startCluster(folder: TempFolder): Promise<Cluster> {
  const keda = await folder.write("keda.yaml", KEDA);
  const process = new RunningProcess({
    name: "API server",
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-net", "--allow-read", "--allow-write"],
      ...["--allow-env", "--allow-run=openssl", pathOf("tests/kit/kube/serve.ts")],
      ...[pathOf("operator/config/crd/asya.io_asyncactors.yaml"), keda],
    ],
    env: platformEnv(),
  });
  const { text: kubeconfig } = await process.waitForLine(
    ({ stream }) => stream === "stdout",
    30_000,
  );
  const access = parseKubeconfig(await Deno.readTextFile(kubeconfig), Deno.readTextFileSync);
  const client = new KubeClient(access);
  return {
    kubeconfig,
    client,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      process.signal("SIGINT");
      await process.ended();
    },
  };
}

/** KEDA's kinds, which take anything here. */
const KEDA = ["ScaledObject", "TriggerAuthentication"].map((kind) =>
  JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.toLowerCase()}s.keda.sh` },
    spec: {
      group: "keda.sh",
      scope: "Namespaced",
      names: { kind, plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase() },
      versions: [{
        ...{ name: "v1alpha1", served: true, storage: true, subresources: { status: {} } },
        schema: {
          openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        },
      }],
    },
  })
).join("\n---\n");

function figure(name: string, value: number, unit: Figure["unit"], atMost?: number): Figure {
  return {
    ...{ part: "operator", name, value, unit },
    ...(atMost !== undefined && { aim: { atMost } }),
  };
}
