import assert from "node:assert/strict";
import { isJsonObject, parseJson } from "@asya/protocol";
import { describeScaffold } from "./describe_scaffold.ts";
import { originOf } from "./origin.ts";
import { scaffold } from "./scaffold.ts";
import { TEMPLATE_NAMES, templates } from "./templates.ts";
import { writeScaffold } from "./write_scaffold.ts";

const pure = { permissions: "none" } as const;
const main = new URL("../main.ts", import.meta.url).pathname;
const rights = ["read", "write", "net", "env", "run"].map((kind) => `--allow-${kind}`);

async function run(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `deno ${args.join(" ")}\n${out}\n${err}`);
  return out ?? "";
}

const asya = (folder: string, ...args: string[]) =>
  run(folder, "run", "--no-prompt", ...rights, main, ...args);

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the demo of each template ends with. */
const RESULTS: Readonly<Record<(typeof TEMPLATE_NAMES)[number], unknown>> = {
  plain: { greeting: "Hello, Ada!" },
  stream: { counts: { to: 2, be: 2, or: 1, not: 1 } },
  "fan-out": { words: 8, longest: 2 },
  agent: {
    text: "Bread. It is about its price. It is about its taste.",
    tries: 3,
    isGood: true,
  },
};

for (const template of TEMPLATE_NAMES) {
  Deno.test(`[M8] a new mesh is in order, and works: ${template}`, () =>
    withFolder(async (root) => {
      await asya(root, "init", "my mesh", "--template", template);
      const folder = `${root}/my mesh`;
      await run(folder, "fmt", "--check");
      await run(folder, "lint");
      await run(folder, "check");
      assert.match(await run(folder, "test", "--permit-no-files"), /ok \| \d+ passed \| 0 failed/);
      assert.deepEqual(JSON.parse(await asya(folder, "demo")), RESULTS[template]);
    }));
}

Deno.test("[M8] no file that is there is changed", () =>
  withFolder(async (folder) => {
    const mine = { "greet.ts": "export const mine = 1;\n", "deno.json": "{}\n" };
    for (const [path, text] of Object.entries(mine)) {
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const out = await asya(folder, "init", "--name", "other");
    assert.match(out, /^ {2}kept {2}greet\.ts, which was there$/m);
    assert.match(out, /^ {4}"@asya\/runtime": "jsr:@asya\/runtime@\*"/m);
    for (const [path, text] of Object.entries(mine)) {
      assert.equal(await Deno.readTextFile(`${folder}/${path}`), text);
    }
    assert.match(await Deno.readTextFile(`${folder}/mesh.yaml`), /^name: other$/m);
    const again = JSON.parse(await asya(folder, "init", "--json"));
    assert.deepEqual(again.made, []);
    assert.equal(again.kept.length, 6);
    await Deno.remove(`${folder}/deno.json`);
    assert.match(await asya(folder, "init"), /^ {2}made {2}deno\.json$/m);
    const own = await asya(folder, "init");
    assert.match(own, /^ {2}kept {2}deno\.json, which was there$/m);
    assert.doesNotMatch(own, /needs this/, "what it made itself lacks nothing");
  }));

Deno.test("[M8] files are written side by side with what is there", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "mine");
    const written = await writeScaffold(folder, { a: "new", b: "new" });
    assert.deepEqual(written, { made: ["b"], kept: ["a"] });
    assert.equal(await Deno.readTextFile(`${folder}/a`), "mine");
  }));

Deno.test("[M8] a published asya makes meshes that import what is published", pure, () => {
  const origin = originOf("https://jsr.io/@asya/cli/1.2.3/commands/init.ts", "1.2.3");
  for (const template of Object.values(templates)) {
    const json = parseJson(scaffold({ name: "m", template, origin })["deno.json"] ?? "");
    assert(json.ok && isJsonObject(json.value));
    assert.deepEqual(json.value, { imports: { "@asya/runtime": "jsr:@asya/runtime@^1.2.3" } });
  }
});

Deno.test("[M8] a mesh that a checkout makes takes every later version of it", pure, () => {
  const made = (version: string) => originOf("file:///asya/mesh/init/origin.ts", version).runtime;
  assert.equal(made("0.1.0"), "jsr:@asya/runtime@*");
  assert.equal(made("1.0.0-rc.1"), "jsr:@asya/runtime@^1.0.0-rc.1");
});

Deno.test("a person is told the next three commands", pure, () => {
  const origin = { runtime: "jsr:@asya/runtime@^0.1.0", links: [] };
  const options = { name: "m", template: templates.plain, origin };
  const lines = describeScaffold("it's here", options, { made: ["mesh.yaml"], kept: [] });
  assert.deepEqual(lines.slice(-4).map((line) => line.trim().split(/ {2,}/)[0]), [
    "cd 'it'\\''s here'",
    "deno test",
    "asya demo",
    "asya dev",
  ]);
});
