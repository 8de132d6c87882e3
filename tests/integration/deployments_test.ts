/**
 * The examples for clusters, given to kubectl, helm, an API server and the operator.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parse } from "yaml";
import {
  findHelm,
  findKubectl,
  findPostgres,
  freePort,
  makeTempFolder,
  pathOf,
  pause,
  platformEnv,
  startProgram,
  type TempFolder,
} from "../kit/mod.ts";
import { startKube, type TestKube } from "../kit/kube.ts";
import { runHelm } from "./charts/render.ts";

const helm = await findHelm();
const kubectl = await findKubectl();
const postgres = await findPostgres();

/** Folders of commands that the path may not have. */
const FOLDERS = [helm, kubectl].map(({ command }) => command)
  .filter((command) => command.includes("/")).map((command) => command.replace(/\/[^/]*$/, ""));

/** Where the deployments put everything. */
const NAMESPACE = "asya";

/** An operator at an API server. */
async function startOperator({ kubeconfig }: TestKube, folder: TempFolder) {
  for (const name of ["main.js", "mod.ts"]) await folder.write(name, "// a program\n");
  return await startProgram("operator", {
    env: {
      KUBECONFIG: kubeconfig,
      ASYA_LEADER_ELECTION: "false",
      ASYA_OPERATOR_ADDR: `127.0.0.1:${freePort()}`,
      ASYA_RUNTIME_BUNDLE: folder.path,
    },
  });
}

const AVAILABLE = { type: "Available", status: "True" };

/** Stands for nodes: says of each workload that its pods are ready, until the signal. */
async function playNodes({ client }: TestKube, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const kind of ["Deployment", "StatefulSet", "Job"]) {
      const apiVersion = kind === "Job" ? "batch/v1" : "apps/v1";
      const found = await client.list({ apiVersion, kind, namespace: NAMESPACE });
      for (const { metadata: { name, generation }, spec, status } of found) {
        const { replicas = 1 } = spec as { readonly replicas?: number };
        const before = (status ?? {}) as { readonly readyReplicas?: number; succeeded?: number };
        if (before.readyReplicas === replicas || before.succeeded === 1) continue;
        const now = new Date().toISOString().replace(/\.\d+/, "");
        const ready = {
          observedGeneration: generation,
          ...{ replicas, readyReplicas: replicas, updatedReplicas: replicas },
          ...{ availableReplicas: replicas, unavailableReplicas: null },
          ...(kind === "Deployment" && { conditions: [AVAILABLE] }),
        };
        const done = {
          ...{ succeeded: 1, startTime: now, completionTime: now },
          conditions: ["SuccessCriteriaMet", "Complete"].map((type) => ({ type, status: "True" })),
        };
        const ref = { apiVersion, kind, namespace: NAMESPACE, name };
        await client.mergePatch(ref, { status: kind === "Job" ? done : ready }, "status");
      }
    }
    // Until there may be more of them.
    await pause(100);
  }
}

/** Runs a script that deploys, at an API server with an operator whose nodes are played. */
async function deploy(script: string, ...args: string[]) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder());
  const kube = stack.use(await startKube());
  const releases = new URL(stack.use(await postgres.createDatabase()).url);
  releases.searchParams.set("sslmode", "disable");
  stack.use(await startOperator(kube, folder));
  const done = new AbortController();
  const nodes = playNodes(kube, done.signal);
  stack.defer(async () => {
    done.abort();
    await nodes;
  });
  // What helm keeps of releases it writes in a form that only a real API server reads.
  const env = { HELM_DRIVER: "sql", HELM_DRIVER_SQL_CONNECTION_STRING: releases.href };
  const again = async () => await run(kube, { command: pathOf(script), env }, ...args);
  const answer = await again();
  const kept = stack.move();
  return { ...answer, kube, again, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function run(
  kube: TestKube,
  { command, env: more = {} }: { command: string; env?: Record<string, string> },
  ...args: string[]
) {
  const env = platformEnv();
  const PATH = [...FOLDERS, env.PATH].join(":");
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    env: { ...env, PATH, KUBECONFIG: kube.kubeconfig, ...more },
    clearEnv: true,
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test({
  name: "[E6] each AsyncActor of the examples is made by the operator, and goes without a trace",
  ignore: kubectl.isMissing,
  async fn() {
    await using folder = await makeTempFolder();
    const crd = await Deno.readTextFile(pathOf("operator/config/crd/asya.io_asyncactors.yaml"));
    await using kube = await startKube({ crds: [parse(crd)] });
    await using operator = await startOperator(kube, folder);
    await operator.waitForLine("everything has been seen");
    const command = pathOf("examples/test-actors.sh");
    const { code, out, err } = await run(kube, { command }, "--timeout", "20s");
    assert.equal(code, 0, `${out}\n${err}\n${operator.output}`);
    const made = Array.from(out.matchAll(/^asyncactor\S*\/(\S+) condition met$/gm), ([, n]) => n);
    assert.deepEqual(made, [
      "custom-sidecar-actor",
      "multi-container-actor",
      "no-scaling-actor",
      "simple-actor",
      "statefulset-actor",
      "telemetry-actor",
    ]);
    for (const kind of ["Deployment", "StatefulSet"]) {
      const type = { apiVersion: "apps/v1", kind, namespace: "asya-examples" };
      assert.deepEqual(await kube.client.list(type), [], kind);
    }
    assert.equal((await operator.stop()).code, 0, operator.output);
  },
});

Deno.test({
  name: "[E6] the least that works is deployed by its script, up to actors that are ready",
  ignore: helm.isMissing || kubectl.isMissing || postgres.isMissing,
  async fn() {
    await using deployed = await deploy("examples/deployment-minimal/deploy.sh");
    assert.equal(deployed.code, 0, `${deployed.out}\n${deployed.err}`);
    for (const actor of ["hello", "happy-end", "error-end"]) {
      assert(deployed.out.includes(`asyncactor.asya.io/${actor} condition met`), deployed.out);
    }
    assert.match(deployed.out, /^hello +hello +rabbitmq +Deployment +True /m);

    // RabbitMQ keeps the password that it began with.
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      namespace: NAMESPACE,
      name: "asya-rabbitmq",
    };
    const before = await deployed.kube.client.get(secret);
    const second = await deployed.again();
    assert.equal(second.code, 0, `${second.out}\n${second.err}`);
    const after = await deployed.kube.client.get(secret);
    assert.deepEqual([after?.data, before === undefined], [before?.data, false]);
  },
});

Deno.test({
  name: "[E6] a whole mesh is deployed by its script, up to actors that wait for a broker",
  ignore: helm.isMissing || kubectl.isMissing || postgres.isMissing,
  async fn() {
    // A context that kubectl knows; images and KEDA come from elsewhere.
    const script = "examples/deployment-minikube/scripts/deploy.sh";
    const images = ["--skip-images", "--tag", "7"];
    const options = [...images, "--skip-keda", "--node-ports", "--timeout", "1s"];
    await using deployed = await deploy(script, "--context", "tests", ...options);
    const { code, out, err, kube } = deployed;
    assert.equal(code, 1, `${out}\n${err}`);
    assert.match(err, /timed out waiting for the condition on asyncactors\/add/);
    const list = async (apiVersion: string, kind: string) => {
      const found = await kube.client.list({ apiVersion, kind, namespace: NAMESPACE });
      return found.map(({ metadata }) => metadata.name).sort();
    };
    const actors = ["add", "count", "gather", "multiply", "split", "stumble", "work"];
    assert.deepEqual(
      await list("asya.io/v1alpha1", "AsyncActor"),
      [...actors, "error-end", "happy-end"].sort(),
    );
    assert.deepEqual(
      await list("apps/v1", "Deployment"),
      [
        ...actors,
        "error-end",
        "happy-end",
        "asya-gateway",
        "asya-operator",
        "grafana",
        "prometheus",
      ]
        .sort(),
    );
    const workloads = await kube.client.list({
      apiVersion: "apps/v1",
      kind: "Deployment",
      namespace: NAMESPACE,
    });
    // Sidecars are those of the operator that runs here, which no chart has told a tag.
    const found = JSON.stringify(workloads).match(/"image":"asya-(?!sidecar)[^"]+"/g) ?? [];
    assert.ok(found.length > actors.length, found.join());
    assert.deepEqual(
      found.filter((image) => !image.endsWith(':7"')),
      [],
      "images that are not there",
    );
    const services = await kube.client.list({
      apiVersion: "v1",
      kind: "Service",
      namespace: NAMESPACE,
    });
    const ports = Object.fromEntries(services.map(({ metadata, spec }) => [
      metadata.name,
      (spec as { ports: { nodePort?: number }[] }).ports[0]?.nodePort,
    ]));
    assert.deepEqual([ports["asya-gateway"], ports.grafana], [30080, 30300]);
  },
});

Deno.test({
  name: "[E6] the charts take the values of the examples",
  ignore: helm.isMissing,
  async fn() {
    for (const example of ["minimal", "minikube"]) {
      for (const chart of ["operator", "gateway", "actors"]) {
        const values = pathOf(`examples/deployment-${example}/values-${chart}.yaml`);
        const folder = pathOf(`deploy/helm-charts/asya-${chart}`);
        const args = [`asya-${chart}`, folder, "--namespace", "asya", "--values", values];
        const { success, problem } = await runHelm(helm.command, "template", ...args);
        assert(success, `${values}: ${problem}`);
      }
    }
  },
});
