import assert from "node:assert/strict";
import { actorCrd } from "../../operator/actor/actor_crd.ts";
import { type NewObject, startKube } from "../kit/kube.ts";
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
import { NAMESPACE, renderChart } from "./charts/render.ts";

const { isMissing, command: helm } = await findHelm();
const rabbitmq = await findRabbitmq();
const postgres = await findPostgres();
const ignore = isMissing || rabbitmq.isMissing || postgres.isMissing;

/** Whether helm makes an object beside a release, for a moment. */
function isHook({ annotations = {} }: Manifest["metadata"]): boolean {
  return "helm.sh/hook" in annotations;
}

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
  const file = await folder.write("values.json", JSON.stringify(values));
  const manifests = await renderChart(helm, "gateway", "--values", file);
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

Deno.test({
  name:
    "[H5] an operator of the chart makes the terminal actors of theirs, with no right but its own",
  ignore: isMissing,
}, async () => {
  await using kube = await startKube({ isPlain: true, crds: [actorCrd as unknown as NewObject] });
  await using folder = await makeTempFolder();
  await folder.write("runtime/main.js", "run();");
  await folder.write("runtime/mod.ts", "export {};");
  const token = crypto.randomUUID();
  kube.control.addUser(token, [], { name: `system:serviceaccount:${NAMESPACE}:asya-operator` });
  const kubeconfig = await kube.writeKubeconfig(token);
  const address = `127.0.0.1:${freePort()}`;
  const values = {
    port: Number(address.split(":")[1]),
    permissions: { read: [kubeconfig] },
    extraEnv: [{ name: "KUBECONFIG", value: kubeconfig }],
  };
  const file = await folder.write("values.json", JSON.stringify(values));
  const operators = await renderChart(helm, "operator", "--values", file);
  const actors = await renderChart(helm, "actors");
  const install = async (manifests: readonly Manifest[]) => {
    for (const manifest of manifests.filter(({ metadata }) => !isHook(metadata))) {
      await kube.client.apply(manifest as unknown as NewObject);
    }
  };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
  await kube.client.create(namespace);
  await install(operators);
  const places = {
    "/opt/asya/operator/main.js": pathOf("operator/main.ts"),
    "/opt/asya/runtime": folder.at("runtime"),
    "asya-operator-metrics:8080": address,
  };
  await using operator = startContainer(operators, "Deployment/asya-operator", places);
  await install(actors);
  for (const name of ["happy-end", "error-end"]) {
    const workload = { apiVersion: "apps/v1", kind: "Deployment", namespace: NAMESPACE, name };
    await kube.client.until(workload, (found) => found !== undefined, "made by the operator");
  }
  await using check = startContainer(operators, "Pod/asya-operator-test", places);
  assert.equal((await check.ended()).code, 0, check.output);
  for (const name of ["happy-end", "error-end"]) {
    const actor = {
      apiVersion: "asya.io/v1alpha1",
      kind: "AsyncActor",
      namespace: NAMESPACE,
      name,
    };
    await kube.client.remove(actor);
    await kube.client.until(actor, (found) => found === undefined, "gone");
  }
  operator.signal("SIGTERM");
  assert.equal((await operator.ended()).code, 0, operator.output);
  const refused = kube.control.requests.filter(({ status }) => status === 403);
  assert.deepEqual(refused.map(({ method, path }) => `${method} ${path}`), []);
});
