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
  freePort,
  makeTempFolder,
  pathOf,
  platformEnv,
  startProgram,
} from "../kit/mod.ts";
import { startKube, type TestKube } from "../kit/kube.ts";
import { runHelm } from "./charts/render.ts";

const helm = await findHelm();
const kubectl = await findKubectl();

/** Where this repository's scripts find the kubectl of tests. */
const FOLDER = kubectl.command.includes("/") ? `${kubectl.command.replace(/\/[^/]*$/, "")}:` : "";

async function startServer(): Promise<TestKube> {
  const path = pathOf("operator/config/crd/asya.io_asyncactors.yaml");
  return await startKube({ crds: [parse(await Deno.readTextFile(path))] });
}

async function run(kube: TestKube, command: string, ...args: string[]) {
  const env = platformEnv();
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    env: { ...env, PATH: `${FOLDER}${env.PATH}`, KUBECONFIG: kube.kubeconfig },
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
    for (const name of ["main.js", "mod.ts"]) await folder.write(name, "// a program\n");
    await using kube = await startServer();
    await using operator = await startProgram("operator", {
      env: {
        KUBECONFIG: kube.kubeconfig,
        ASYA_LEADER_ELECTION: "false",
        ASYA_OPERATOR_ADDR: `127.0.0.1:${freePort()}`,
        ASYA_RUNTIME_BUNDLE: folder.path,
      },
    });
    await operator.waitForLine("everything has been seen");
    const script = pathOf("examples/test-actors.sh");
    const { code, out, err } = await run(kube, script, "--timeout", "20s");
    assert.equal(code, 0, `${out}\n${err}\n${operator.output}`);
    const made = Array.from(out.matchAll(/^asyncactor\S*\/(\S+) condition met$/gm), ([, n]) => n);
    assert.deepEqual(made, [
      "custom-sidecar-actor",
      "multi-container-actor",
      "no-scaling-actor",
      "simple-actor",
      "statefulset-actor",
    ]);
    for (const kind of ["Deployment", "StatefulSet"]) {
      const type = { apiVersion: "apps/v1", kind, namespace: "asya-examples" };
      assert.deepEqual(await kube.client.list(type), [], kind);
    }
    assert.equal((await operator.stop()).code, 0, operator.output);
  },
});

Deno.test({
  name: "[E6] what the examples for clusters apply is taken by an API server",
  ignore: kubectl.isMissing,
  async fn(t) {
    await using kube = await startServer();
    const made = { apiVersion: "v1", kind: "Namespace", metadata: { name: "asya" } };
    await kube.client.create(made);
    const sources = [
      ["--kustomize", pathOf("examples/deployment-minikube")],
      ["--filename", pathOf("examples/deployment-minimal/rabbitmq.yaml")],
      ["--filename", pathOf("examples/deployment-minimal/hello.yaml")],
    ];
    for (const source of sources) {
      await t.step(source.join(" "), async () => {
        const place = ["--namespace", "asya", "--server-side", "--validate=strict"];
        const { code, err } = await run(kube, kubectl.command, "apply", ...place, ...source);
        assert.deepEqual([code, err], [0, ""]);
      });
    }
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

Deno.test("[E6] dashboard and rules show metrics that there are", async () => {
  const reference = await Deno.readTextFile(pathOf("docs/reference/metrics.md"));
  const folder = "examples/deployment-minikube/monitoring";
  for (const name of ["mesh.json", "rules.yml"]) {
    const text = await Deno.readTextFile(pathOf(`${folder}/${name}`));
    const shown = new Set(
      text.match(/\basya_[a-z_]+/g)?.map((name) => name.replace(/_bucket$/, "")),
    );
    assert(shown.size >= 4, name);
    for (const metric of shown) assert(reference.includes(`\`${metric}\``), `${name}: ${metric}`);
  }
});
