/**
 * `asya dev` on the handlers of a test: what is saved is taken, and nothing else is touched.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  GatewayClient,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
  type TempFolder,
} from "../kit/mod.ts";

const MESH = `
name: dev
actors:
  - { name: shout, handler: ./shout.ts }
  - { name: slow, handler: ./slow.ts, permissions: { read: [.] } }
tools:
  - name: shout
    parameters: { text: { type: string } }
    route: [shout]
  - { name: slow, route: [slow] }
`;

const FILES = {
  "mesh.yaml": MESH,
  "shout.ts": `import { end } from "./end.ts";
export default (msg) => ({ text: msg.payload.text + end, by: "first" });
`,
  "end.ts": `export const end = "!";\n`,
  "slow.ts": `
/** Waits until the test opens the gate. */
export default async () => {
  const files = new Set();
  while (!files.has("gate")) {
    files.clear();
    for (const { name } of Deno.readDirSync(".")) files.add(name);
    // stands for the time between two looks
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { by: "first" };
};
`,
};

/** A mesh that is developed. */
class DevMesh implements AsyncDisposable {
  readonly folder: TempFolder;
  readonly process: RunningProcess;
  #seen = 0;

  constructor(folder: TempFolder) {
    this.folder = folder;
    const rights = ["read", "write", "net", "env", "run"].map((kind) => `--allow-${kind}`);
    this.process = new RunningProcess({
      name: "asya dev",
      command: Deno.execPath(),
      args: ["run", "--no-prompt", ...rights, pathOf("mesh/main.ts"), "dev", "--json"],
      env: { ...platformEnv(), ASYA_LOG_LEVEL: "DEBUG" },
      cwd: folder.path,
    });
  }

  /** The fields of the next line with these words since the last change. */
  async told(message: string): Promise<Readonly<Record<string, unknown>>> {
    const line = await this.process.waitForLine((line) =>
      line.message === message && this.process.lines.indexOf(line) >= this.#seen
    );
    return line.fields;
  }

  /** Saves a file as editors do that write another beside it. */
  async save(name: string, text: string): Promise<void> {
    this.#seen = this.process.lines.length;
    await this.folder.write(`${name}.new`, text);
    await Deno.rename(this.folder.at(`${name}.new`), this.folder.at(name));
  }

  /** The processes that were started since the last change. */
  get started(): unknown[] {
    return this.process.lines.slice(this.#seen)
      .filter(({ message }) => message === "process started").map(({ fields }) => fields.of);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

Deno.test("[M9] [D4] what is saved is taken, and nothing else is touched", async (t) => {
  const folder = await makeTempFolder();
  for (const [name, text] of Object.entries(FILES)) await folder.write(name, text);
  await using mesh = new DevMesh(folder);
  const { fields: { url } } = await mesh.process.waitForLine("mesh is up", 30_000);
  const gateway = new GatewayClient(String(url));

  const finished = (id: string) =>
    poll(`job ${id} to end`, async () => {
      const job = await gateway.job(id);
      return ["Succeeded", "Failed"].includes(job.status) && job;
    });
  const shout = async () => {
    const { result } = await finished(await gateway.call("shout", { text: "hey" }));
    return result;
  };

  await t.step("a handler", async () => {
    assert.deepEqual(await shout(), { text: "hey!", by: "first" });
    await mesh.save("shout.ts", FILES["shout.ts"].replace("first", "second"));
    const { of, files } = await mesh.told("actor was reloaded");
    assert.deepEqual([of, files], ["shout", ["shout.ts"]]);
    assert.deepEqual(mesh.started, ["shout.runtime"]);
    assert.deepEqual(await shout(), { text: "hey!", by: "second" });
  });

  await t.step("a module that it imports", async () => {
    await mesh.save("end.ts", `export const end = "?";\n`);
    assert.deepEqual((await mesh.told("actor was reloaded")).files, ["end.ts"]);
    assert.deepEqual(mesh.started, ["shout.runtime"]);
    assert.deepEqual(await shout(), { text: "hey?", by: "second" });
  });

  await t.step("a file that cannot be parsed keeps messages waiting until it can", async () => {
    await mesh.save("shout.ts", "export default () => ({ by: 1 ;\n");
    const { of, place, lines } = await mesh.told("actor cannot begin; its messages wait");
    assert.deepEqual([of, place], ["shout", "shout.ts:1:31"]);
    assert.match(String(lines), /SyntaxError/);
    const id = await gateway.call("shout", { text: "wait" });
    await mesh.save(
      "shout.ts",
      "export default () => ({ by: missing });\nthrow new Error('top');\n",
    );
    assert.equal((await mesh.told("actor cannot begin; its messages wait")).place, "shout.ts:2:7");
    assert.match((await gateway.job(id)).status, /^(Pending|Running)$/);
    await mesh.save("shout.ts", "export default () => ({ by: 'third' });\n");
    await mesh.told("actor was reloaded");
    assert.deepEqual((await finished(id)).result, { by: "third" });
  });

  await t.step("what is in hand is finished by the code that has it", async () => {
    const id = await gateway.call("slow", {});
    await poll("the handler to have it", async () => (await gateway.job(id)).status === "Running");
    await mesh.save("slow.ts", "export default () => ({ by: 'second' });\n");
    await mesh.told("actor finishes what it has in hand before it is reloaded");
    assert.deepEqual(mesh.started, [], "nobody is started in the place of who still works");
    await mesh.folder.write("gate", "");
    await mesh.told("actor was reloaded");
    assert.deepEqual((await finished(id)).result, { by: "first" });
    const next = await finished(await gateway.call("slow", {}));
    assert.deepEqual(next.result, { by: "second" });
  });

  const measured = () =>
    Array.from(Deno.readDirSync(folder.at(".asya/metrics")), ({ name }) => name);
  const other = MESH.replace("tools:", "  - { name: other, handler: ./other.ts }\ntools:")
    .replace("route: [slow]", "route: [other]");

  await t.step("an actor that is new, and a tool that leads to it", async () => {
    await mesh.folder.write("other.ts", "export default () => ({ by: 'other' });\n");
    await mesh.save("mesh.yaml", other);
    const { of, tools } = await mesh.told("the mesh runs as its file says");
    assert.deepEqual([of, tools], [["other"], true]);
    assert(measured().includes("other.json"), "Prometheus finds it");
    assert.deepEqual(mesh.started.toSorted(), ["other.runtime", "other.sidecar"]);
    await poll("the tool to lead there", async () => {
      const job = await finished(await gateway.call("slow", {}));
      return (job.result as { by?: string }).by === "other";
    });
  });

  await t.step("an actor's own key", async () => {
    await mesh.save("mesh.yaml", other.replace("./other.ts", "./other.ts, concurrency: 2"));
    assert.deepEqual((await mesh.told("the mesh runs as its file says")).of, ["other"]);
    assert.deepEqual(mesh.started.toSorted(), ["other.runtime", "other.sidecar"]);
  });

  await t.step("a file that is wrong, or that needs a start", async () => {
    await mesh.save("mesh.yaml", other.replace("actors:", "actor:"));
    const { problem } = await mesh.told("the mesh's file cannot be used; what runs goes on");
    assert.match(String(problem), /mesh\.yaml:3:1: actor is not known/);
    await mesh.save("mesh.yaml", `${other}transport: { url: "sqlite:else.db" }\n`);
    const { keys } = await mesh.told("the mesh's file changes what only a start can take");
    assert.deepEqual(keys, ["transport"]);
    assert.deepEqual(mesh.started, []);
    assert.deepEqual(await shout(), { by: "third" });
  });

  await t.step("a file that is put right again", async () => {
    await mesh.save("mesh.yaml", other.replace("./other.ts", "./other.ts, concurrency: 2"));
    const { of, tools } = await mesh.told("the mesh runs as its file says");
    assert.deepEqual([of, tools, mesh.started], [[], false, []]);
  });

  await t.step("an actor that is gone", async () => {
    await mesh.save("mesh.yaml", MESH);
    assert.deepEqual((await mesh.told("the mesh runs as its file says")).of, ["other"]);
    assert.deepEqual(mesh.started, []);
    assert(!measured().includes("other.json"), "Prometheus looks for it no more");
    assert(measured().includes("gateway.json"));
  });

  await t.step("an actor that comes back", async () => {
    await mesh.save("mesh.yaml", other);
    assert.deepEqual((await mesh.told("the mesh runs as its file says")).of, ["other"]);
    assert.deepEqual(mesh.started.toSorted(), ["other.runtime", "other.sidecar"]);
  });

  mesh.process.signal("SIGINT");
  assert.equal((await mesh.process.ended()).code, 0, mesh.process.output);
  const left = Array.from(Deno.readDirSync(folder.at(".asya/run")), ({ name }) => name);
  assert.deepEqual(left.filter((name) => !name.endsWith(".lock")), []);
  assert.deepEqual(measured(), []);
});

Deno.test("[M9] a handler that cannot begin does not end the start", async () => {
  const folder = await makeTempFolder();
  const files = { ...FILES, "shout.ts": "export const other = 1;\n" };
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
  await using mesh = new DevMesh(folder);
  const { lines } = await mesh.told("actor cannot begin; its messages wait");
  assert.match(String(lines), /\.\/shout\.ts has no default export\. It exports: other/);
  await mesh.process.waitForLine("mesh is up", 30_000);
  await mesh.save("shout.ts", FILES["shout.ts"]);
  await mesh.told("actor was reloaded");
  mesh.process.signal("SIGINT");
  assert.equal((await mesh.process.ended()).code, 0, mesh.process.output);
});
