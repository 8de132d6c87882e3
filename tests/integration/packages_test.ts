import assert from "node:assert/strict";
import { examinePackages } from "../../tools/packages/examine_packages.ts";
import { JsrRegistry, makeTempFolder, type TempFolder } from "../kit/mod.ts";

/** The arguments by which the page of `asya` installs it from JSR. */
async function readInstall(): Promise<string[]> {
  const page = await Deno.readTextFile(new URL("../../mesh/README.md", import.meta.url));
  const [, typed = ""] = /^deno (install (?:.*\\\n)*.*jsr:@asya\/cli)$/m.exec(page) ?? [];
  return typed.replaceAll("\\\n", " ").split(/\s+/);
}

const HANDLER = `import { defineHandler, RetryableError } from "jsr:@asya/runtime";

export default defineHandler<{ name: string }>((msg) => {
  if (msg.payload.name === "") throw new RetryableError("nobody yet", { retryAfterSeconds: 1 });
  return { greeting: \`Hello, \${msg.payload.name}!\` };
});
`;

const HANDLER_TEST = `import assert from "node:assert/strict";
import { runHandler } from "jsr:@asya/runtime/testing";
import greet from "./greet.ts";

Deno.test("greets", async () => {
  const { payloads } = await runHandler(greet, { name: "Ada" });
  assert.deepEqual(payloads, [{ greeting: "Hello, Ada!" }]);
});
`;

/** Runs a command as somebody who has nothing but Deno and the registry. */
async function run(
  folder: TempFolder,
  env: Record<string, string>,
  command: string,
  ...args: string[]
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: folder.at("project"),
    env,
    clearEnv: true,
    stdin: "null",
  }).output();
  const [out = "", err = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `${command} ${args.join(" ")}\n${out}\n${err}`);
  return out;
}

Deno.test("[T3] what is published works for somebody who has nothing but Deno", async (t) => {
  await using registry = new JsrRegistry();
  await registry.publishWorkspace();

  await t.step("[T5] [T6] every package is whole, and tells all that it exports", async () => {
    const files = [...registry.packages].map(([name, { files }]) =>
      [name, new Map([...files].map(([path, { length }]) => [path, length]))] as const
    );
    const examined = await examinePackages(new URL("../../", import.meta.url), new Map(files));
    assert.deepEqual(examined.flatMap(({ name, flaws }) => flaws.map((f) => `${name}: ${f}`)), []);
  });

  await using folder = await makeTempFolder();
  const env = await registry.env(folder.path);
  await folder.write("project/greet.ts", HANDLER);
  await folder.write("project/greet_test.ts", HANDLER_TEST);

  await t.step(
    "[T4] a handler brings the runtime's words and the protocol, and no more",
    async () => {
      await run(folder, env, Deno.execPath(), "run", "--no-prompt", "--check", "greet.ts");
      const packages = registry.served.map((path) => path.split("/").slice(0, 2).join("/"));
      assert.deepEqual([...new Set(packages)].sort(), ["@asya/protocol", "@asya/runtime"]);
    },
  );

  await t.step("its test runs, with types", async () => {
    assert.match(
      await run(folder, env, Deno.execPath(), "test", "--no-prompt"),
      /^ok \| 1 passed \| 0 failed/m,
    );
  });

  await t.step("asya is installed by its name, makes a mesh and runs it", async () => {
    const [install = "", ...typed] = await readInstall();
    await run(folder, env, Deno.execPath(), install, "--quiet", "--root", folder.path, ...typed);
    const asya = (...args: string[]) => run(folder, env, folder.at("bin/asya"), ...args);
    await asya("init", "shop");
    const lock = { frozen: true };
    const config = JSON.parse(await Deno.readTextFile(folder.at("project/shop/deno.json")));
    await folder.write("project/shop/deno.json", JSON.stringify({ ...config, lock }));
    await folder.write("project/shop/deno.lock", JSON.stringify({ version: "5" }));
    const result = await asya("demo", "shop/mesh.yaml");
    assert.deepEqual(JSON.parse(result), { greeting: "Hello, Ada!" });
    const left = await Deno.readTextFile(folder.at("project/shop/deno.lock"));
    assert.equal(left, JSON.stringify({ version: "5" }), "the project's lock is its own");
    assert.match(await asya("doctor", "shop/mesh.yaml"), /✓ handler of greet /);
  });
});
