import assert from "node:assert/strict";
import { actorCrd } from "../../operator/actor/actor_crd.ts";
import { type KubeControl, type NewObject, startKube, type TestKube } from "../kit/kube.ts";
import {
  findHelm,
  findPostgres,
  findRabbitmq,
  freePort,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
  type TempFolder,
} from "../kit/mod.ts";
import { environmentOf, secretsOf } from "./charts/find_program_problems.ts";
import { type Manifest, type ManifestContainer, nameOf, podsOf } from "./charts/manifest.ts";
import { type Chart, NAMESPACE, renderChart } from "./charts/render.ts";
import { conditionOf } from "./operator/scene.ts";

const { isMissing, command: helm } = await findHelm();
const rabbitmq = await findRabbitmq();
const postgres = await findPostgres();
const ACTOR = { apiVersion: "asya.io/v1alpha1", kind: "AsyncActor", namespace: NAMESPACE };
const ignore = isMissing || rabbitmq.isMissing || postgres.isMissing;

/** Starts a container of a chart as a process here, with other places for what only a pod has. */
function startContainer(
  manifests: readonly Manifest[],
  name: string,
  places: Readonly<Record<string, string>>,
): RunningProcess {
  const placed = podsOf(manifests).find(({ of }) => of === name);
  const container: ManifestContainer | undefined = placed?.pod.containers[0];
  if (!container) throw new Error(`of ${manifests.map(nameOf)}, none is ${name}`);
  const here = (text: string) =>
    Object.entries(places).reduce((text, [pod, here]) => text.replaceAll(pod, here), text);
  const env = Object.entries(environmentOf(container, secretsOf(manifests)));
  const [, ...args] = [...container.command ?? [], ...container.args ?? []].map(here);
  return new RunningProcess({
    name,
    command: Deno.execPath(),
    args,
    env: { ...platformEnv(), ...Object.fromEntries(env.map(([name, text]) => [name, here(text)])) },
  });
}

/** The objects of a chart for values. */
async function renderWith(folder: TempFolder, chart: Chart, values: unknown): Promise<Manifest[]> {
  const file = await folder.write(`values-${chart}.json`, JSON.stringify(values));
  return await renderChart(helm, chart, "--values", file);
}

/** A folder as the kubelet mounts a ConfigMap, whose content changes by one rename. */
async function mountConfigMap(folder: TempFolder, data: Readonly<Record<string, string>>) {
  let version = 0;
  const write = async (files: Readonly<Record<string, string>>) => {
    version += 1;
    for (const [name, text] of Object.entries(files)) {
      await folder.write(`tools/..version-${version}/${name}`, text);
    }
    await Deno.symlink(`..version-${version}`, folder.at("tools/..new"));
    await Deno.rename(folder.at("tools/..new"), folder.at("tools/..data"));
  };
  await write(data);
  for (const name of Object.keys(data)) {
    await Deno.symlink(`..data/${name}`, folder.at(`tools/${name}`));
  }
  return { path: folder.at("tools"), write };
}

Deno.test({
  name:
    "[H5] a gateway of the chart migrates its database, serves its tools, and passes helm's test",
  ignore,
}, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using database = await postgres.createDatabase();
  await using folder = await makeTempFolder();
  const { hostname, port, username, password, pathname } = new URL(vhost.url);
  const address = `127.0.0.1:${freePort()}`;
  const values = {
    replicaCount: 1,
    port: Number(address.split(":")[1]),
    rabbitmq: {
      ...{ host: hostname, port: Number(port || 5672), username: decodeURIComponent(username) },
      ...{ password: decodeURIComponent(password), vhost: decodeURIComponent(pathname.slice(1)) },
    },
    database: { type: "external", external: { url: database.url } },
    tools: { config: { tools: [{ name: "read_document", route: ["ocr"] }] } },
  };
  const manifests = await renderWith(folder, "gateway", values);
  const config = manifests.find(({ kind }) => kind === "ConfigMap")?.data ?? {};
  const tools = await mountConfigMap(folder, config);
  const places = {
    "/opt/asya/gateway/main.js": pathOf("gateway/main.ts"),
    "/etc/asya/tools": tools.path,
    "asya-gateway:8080": address,
    "0.0.0.0": "127.0.0.1",
  };

  await using migration = startContainer(manifests, "Job/asya-gateway-migration", places);
  assert.equal((await migration.ended()).code, 0, migration.output);
  assert.match(migration.output, /^applied 0001 /);

  await using gateway = startContainer(manifests, "Deployment/asya-gateway", places);
  await poll("a gateway that is ready", async () => {
    if (gateway.status) throw new Error(gateway.output);
    const answer = await fetch(`http://${address}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === 200 ? true : undefined;
  }, { timeoutMs: 30_000 });
  await using check = startContainer(manifests, "Pod/asya-gateway-test", places);
  assert.equal((await check.ended()).code, 0, check.output);
  assert.match(check.output, /^\/tools: 200 .*read_document/m);

  await tools.write({ "tools.yaml": "tools: [{ name: read_letter, route: [ocr] }]" });
  await poll("the tools of the new ConfigMap", async () => {
    const listed = await (await fetch(`http://${address}/tools`)).text();
    return listed.includes("read_letter") ? true : undefined;
  }, { timeoutMs: 30_000 });

  gateway.signal("SIGTERM");
  assert.equal((await gateway.ended()).code, 0, gateway.output);
  await using late = startContainer(manifests, "Pod/asya-gateway-test", places);
  assert.notEqual((await late.ended()).code, 0, "helm's test passes without a gateway");
});

/** Whether helm makes an object beside a release, for a moment. */
function isHook({ metadata: { annotations = {} } }: Manifest): boolean {
  return "helm.sh/hook" in annotations;
}

/** Lets the account of a chart in, with the rights that the chart gives it and no other. */
async function letIn(kube: TestKube & { readonly control: KubeControl }, account: string) {
  const token = crypto.randomUUID();
  kube.control.addUser(token, [], { name: `system:serviceaccount:${NAMESPACE}:${account}` });
  return { token, kubeconfig: await kube.writeKubeconfig(token) };
}

/** What the kubelet mounts for an account. */
async function mountAccount(folder: TempFolder, { token, kubeconfig }: Record<string, string>) {
  const text = await Deno.readTextFile(kubeconfig ?? "");
  const ca = text.match(/certificate-authority-data: "?([A-Za-z0-9+/=]+)/)?.[1] ?? "";
  await folder.write("account/token", token ?? "");
  await folder.write("account/ca.crt", atob(ca));
  return folder.at("account");
}

Deno.test({
  name:
    "[H5] an operator of the chart makes the terminal actors of theirs, with no right but its own",
  ignore: isMissing,
}, async () => {
  await using kube = await startKube({ crds: [actorCrd as unknown as NewObject] });
  await using folder = await makeTempFolder();
  await folder.write("runtime/main.js", "run();");
  await folder.write("runtime/mod.ts", "export {};");
  const { kubeconfig } = await letIn(kube, "asya-operator");
  const address = `127.0.0.1:${freePort()}`;
  const operators = await renderWith(folder, "operator", {
    port: Number(address.split(":")[1]),
    permissions: { read: [kubeconfig] },
    extraEnv: [{ name: "KUBECONFIG", value: kubeconfig }],
  });
  // Nothing runs pods here: of none, all are ready.
  const asleep = { scaling: { enabled: false }, replicas: 0 };
  const actors = await renderWith(folder, "actors", { happyEnd: asleep, errorEnd: asleep });
  const apply = async (manifests: readonly Manifest[]) => {
    for (const manifest of manifests) await kube.client.apply(manifest as unknown as NewObject);
  };
  const account = await mountAccount(folder, await letIn(kube, "asya-actors-test"));
  const places = {
    "/opt/asya/operator/main.js": pathOf("operator/main.ts"),
    "/opt/asya/runtime": folder.at("runtime"),
    "asya-operator-metrics:8080": address,
    "/var/run/secrets/kubernetes.io/serviceaccount": account,
    "https://kubernetes.default.svc": kube.url,
    "kubernetes.default.svc": new URL(kube.url).host,
  };
  const pass = async (manifests: readonly Manifest[], name: string) => {
    await using check = startContainer(manifests, name, places);
    return { code: (await check.ended()).code, output: check.output };
  };

  await kube.client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  await apply(operators.filter((manifest) => !isHook(manifest)));
  await apply(actors.filter((manifest) => !isHook(manifest) || manifest.kind !== "Pod"));
  const early = await pass(actors, "Pod/asya-actors-test");
  assert.deepEqual(
    [early.code, /happy-end: 200 undefined/.test(early.output)],
    [1, true],
    early.output,
  );

  await using operator = startContainer(operators, "Deployment/asya-operator", places);
  for (const name of ["happy-end", "error-end"]) {
    await kube.client.until(
      { ...ACTOR, name },
      (actor) => conditionOf(actor, "Ready")?.startsWith("True") ?? false,
      "ready",
    );
  }
  const found = [
    await pass(operators, "Pod/asya-operator-test"),
    await pass(actors, "Pod/asya-actors-test"),
  ];
  assert.deepEqual(found.map(({ code }) => code), [0, 0], JSON.stringify(found));
  for (const name of ["happy-end", "error-end"]) {
    await kube.client.remove({ ...ACTOR, name });
    await kube.client.until({ ...ACTOR, name }, (actor) => actor === undefined, "gone");
  }
  operator.signal("SIGTERM");
  assert.equal((await operator.ended()).code, 0, operator.output);
  const refused = kube.control.requests.filter(({ status }) => status === 403);
  assert.deepEqual(refused.map(({ method, path }) => `${method} ${path}`), []);
});
