/**
 * What `asya export` writes, given to those who read it: an API server with our definition, the
 * operator's reader, the gateway's, and helm.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { createSchemaCompiler, parseTools, parseYaml } from "../../gateway/mod.ts";
import { parseMeshFile } from "../../mesh/mod.ts";
import knownNames from "../../program/known_names.json" with { type: "json" };
import { parseActor } from "../../operator/actor/parse_actor.ts";
import { listFiles } from "../../tools/list_files.ts";
import {
  findHelm,
  findKubectl,
  makeTempFolder,
  pathOf,
  platformEnv,
  startProgram,
  type TempFolder,
  waitForSocket,
} from "../kit/mod.ts";
import { blocksIn } from "../docs/page.ts";
import { findKube, type TestKube } from "../kit/kube.ts";
import { runHelm } from "./charts/render.ts";

const helm = await findHelm();
const kubectl = await findKubectl();
const ignore = helm.isMissing || kubectl.isMissing;

/** Every mesh of this repository that is started as it is. */
const MESHES = (await listFiles(new URL("../../", import.meta.url)))
  .filter((path) => /^(examples\/[^/]+|tests\/e2e)\/mesh\.yaml$/.test(path));

async function run(command: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    env: { ...platformEnv(), ...env },
    clearEnv: true,
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

async function asya(...args: string[]) {
  return await run(pathOf("scripts/asya"), args);
}

/** Exports a mesh, applies it, and reads back what there is then. */
async function checkMesh(path: string, kube: TestKube, folder: TempFolder): Promise<void> {
  await using namespace = await kube.createNamespace();
  const { name } = namespace;
  const out = folder.at(name);
  const written = await asya("export", pathOf(path), "--out", out, "--namespace", name);
  assert.equal(written.code, 0, written.err);
  const parsed = parseMeshFile(await Deno.readTextFile(pathOf(path)));
  assert(parsed.ok);

  const applied = await run(
    kubectl.command,
    ["apply", "--server-side", "--validate=strict", "--kustomize", out],
    { KUBECONFIG: kube.kubeconfig },
  );
  assert.equal(applied.code, 0, applied.err);
  assert.doesNotMatch(applied.err, /warning/i);

  const type = { apiVersion: "asya.io/v1alpha1", kind: "AsyncActor", namespace: name };
  const actors = (await kube.client.list(type)).map((object) => {
    const read = parseActor(object);
    assert(read.ok, JSON.stringify(read));
    return read.actor;
  });
  const shown = actors.map(({ metadata, spec }) => [
    metadata.name,
    spec.queueName,
    spec.timeout.processing * 1_000,
    Object.keys(spec.permissions ?? {}).length > 0,
  ]);
  assert.deepEqual(
    shown.toSorted(),
    parsed.mesh.actors.map(({ name, timeoutMs, permissions, isJoin }) => [
      name,
      name,
      timeoutMs,
      isJoin || Object.keys(permissions).length > 0,
    ]).toSorted(),
  );

  const named = new Set(
    JSON.stringify(actors).match(/"ASYA_\w+"/g)?.map((name) => JSON.parse(name)),
  );
  assert.deepEqual([...named].filter((name) => !knownNames.includes(name)), []);

  const map = await kube.client.get({
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: name,
    name: `${parsed.mesh.name}-tools`,
  });
  const text = (map?.data as Record<string, string>)["tools.yaml"] ?? "";
  const read = (text: string) => {
    const yaml = parseYaml("tools.yaml", text);
    assert(yaml.ok);
    const parsed = parseTools([yaml.document], createSchemaCompiler());
    assert(parsed.ok, JSON.stringify(parsed));
    return JSON.stringify(parsed.tools);
  };
  assert.equal(read(text), read(parsed.mesh.toolsText));

  for (const chart of ["gateway", "actors"]) {
    const place = [`asya-${chart}`, pathOf(`deploy/helm-charts/asya-${chart}`)];
    const values = ["--values", `${out}/values-${chart}.yaml`, "--namespace", name];
    const rendered = await runHelm(helm.command, "template", ...place, ...values);
    assert(rendered.success, rendered.problem);
    assert.match(rendered.output, /asya-rabbitmq/);
  }
}

Deno.test({
  name:
    "[E1] every mesh is exported as a cluster, the operator, the gateway and the charts take it",
  ignore,
  async fn(t) {
    assert(MESHES.length >= 6, MESHES.join(" "));
    const crd = parse(
      await Deno.readTextFile(pathOf("operator/config/crd/asya.io_asyncactors.yaml")),
    );
    await using folder = await makeTempFolder();
    await using kube = await findKube({ crds: [crd] });
    for (const path of MESHES) await t.step(path, () => checkMesh(path, kube, folder));
  },
});

Deno.test("[E1] an export is printed or written, and overwrites nothing unasked", async () => {
  await using folder = await makeTempFolder();
  const mesh = pathOf("examples/hello/mesh.yaml");
  const out = folder.at("made/here");
  const first = await asya("export", mesh, "--out", out);
  assert.equal(first.code, 0);
  assert.deepEqual(
    first.out.trim().split("\n"),
    ["actors", "tools", "kustomization", "values-gateway", "values-actors"]
      .map((name) => `${out}/${name}.yaml`).concat(`${out}/README.md`),
  );
  assert.match(first.err, /^- messages are kept in a file here/);
  assert.equal((await asya("export", mesh, "--out", out)).code, 0, "the same again is no harm");

  await Deno.writeTextFile(`${out}/actors.yaml`, "mine\n");
  const refused = await asya("export", mesh, "--out", out, "--namespace", "team");
  assert.equal(refused.code, 1);
  assert.match(
    refused.err,
    /other content in actors\.yaml, .*; nothing is written without --force/,
  );
  assert.equal(await Deno.readTextFile(`${out}/actors.yaml`), "mine\n");
  const forced = await asya("export", mesh, "--out", out, "--force", "--json");
  assert.equal(forced.code, 0);
  assert.equal(forced.err, "");
  assert.deepEqual(Object.keys(JSON.parse(forced.out)), ["folder", "files", "notes"]);

  const printed = await asya("export", mesh, "--out", "-", "--no-scaling");
  assert.match(printed.out, /^apiVersion: v1\nkind: ConfigMap\n[^]*kind: AsyncActor\n/);
  assert.match(printed.out, /enabled: false/);
  const missing = await asya("export", folder.at("none.yaml"));
  assert.equal(missing.code, 2);
  assert.match(missing.err, /there is no file/);
});

Deno.test("[E1] an image made as an export says hosts a handler, wherever its links led", async () => {
  await using folder = await makeTempFolder();
  const project = folder.at("shop");
  assert.equal((await asya("init", project)).code, 0);
  const config = JSON.parse(await Deno.readTextFile(`${project}/deno.json`));
  const links = ["/nobody/has/this"];
  await Deno.writeTextFile(`${project}/deno.json`, JSON.stringify({ ...config, links }));
  assert.equal((await asya("export", `${project}/mesh.yaml`, "--out", folder.at("out"))).code, 0);

  const readme = await Deno.readTextFile(folder.at("out/README.md"));
  const dockerfile = blocksIn(readme, "README.md").find(({ language }) =>
    language === "dockerfile"
  );
  const commands = (dockerfile?.text ?? "").replaceAll("\\\n", "").matchAll(/^RUN (.*)$/gm);
  const runtime = folder.at("runtime");
  const cache = folder.at("cache");
  const typed = Array.from(commands, ([, command = ""]) => command).join("\n")
    .replaceAll("/opt/asya/runtime", runtime).replaceAll("/deno-dir", cache);
  await Deno.mkdir(cache);
  const made = await run("sh", ["-euc", `cd ${project}\n${typed}`], { DENO_DIR: cache });
  assert.equal(made.code, 0, made.err);
  assert.notEqual(typed, "");

  // What the operator mounts there.
  await Deno.writeTextFile(`${runtime}/mod.ts`, `export * from "${pathOf("runtime/mod.ts")}";`);
  const socketPath = folder.at("app.sock");
  await using host = await startProgram("runtime", {
    name: "runtime",
    args: [],
    cwd: project,
    env: { ASYA_HANDLER: "./greet.ts", ASYA_SOCKET_PATH: socketPath },
  });
  await waitForSocket(host, socketPath);
});
