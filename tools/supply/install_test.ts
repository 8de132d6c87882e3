import assert from "node:assert/strict";
import { makeTempFolder } from "../../tests/kit/mod.ts";
import { listFiles } from "../list_files.ts";
import { titleOf } from "./package.ts";
import { readPackages } from "./read_packages.ts";

const root = new URL("../../", import.meta.url);

/** Installs what a `deno.json` asks for, beside the lock file of this checkout. */
async function install(imports: Record<string, string>): Promise<{ code: number; err: string }> {
  await using folder = await makeTempFolder();
  await folder.write("deno.json", JSON.stringify({ imports }));
  await Deno.copyFile(new URL("deno.lock", root), folder.at("deno.lock"));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["ci"],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
  }).output();
  return { code, err: new TextDecoder().decode(stderr) };
}

async function readConfig() {
  return JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
}

Deno.test("[C10] a lock file that is not what deno.json asks for fails", async () => {
  const { imports } = await readConfig();
  const { code, err } = await install(imports);
  assert.equal(code, 0, err);
  const { yaml: _, ...others } = imports;
  const drifted = await install(others);
  assert.notEqual(drifted.code, 0, "one package less, and the lock file is taken");
  assert.match(drifted.err, /lockfile is out of date/);
});

Deno.test("[C10] versions are exact, have checksums, and come from no host by name", async () => {
  const { imports } = await readConfig();
  for (const target of Object.values<string>(imports)) {
    assert.match(target, /^npm:(@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+(-[\w.]+)?$/);
  }
  const text = await Deno.readTextFile(new URL("deno.lock", root));
  assert.doesNotMatch(text, /:\/\//);
  for (
    const [title, { integrity }] of Object.entries<{ integrity: string }>(JSON.parse(text).npm)
  ) {
    assert.match(integrity, /^sha512-/, title);
  }
});

/** Where people, CI and images are told what to install. */
const RECIPES = /^(Makefile|Dockerfile|\.ci\/|\.github\/|scripts\/[^.]*$|scripts\/.*\.sh$)/;

Deno.test("[C10] recipes install by the lock file alone, and let nothing run", async () => {
  const recipes = (await listFiles(root)).filter((path) => RECIPES.test(path));
  let installing = 0;
  for (const path of recipes) {
    const text = await Deno.readTextFile(new URL(path, root));
    const lines = text.split("\n").filter((line) => !line.trimStart().startsWith("#"));
    for (const line of lines) {
      if (/(deno|\$\(DENO\)) ci\b/.test(line)) installing++;
      assert.doesNotMatch(line, /(deno|\$\(DENO\)) (install|add|update|outdated --update)\b/, path);
      assert.doesNotMatch(line, /--allow-scripts|--frozen=false/, path);
    }
  }
  assert(installing >= 2, "the Makefile and the Dockerfile install");
});

Deno.test("[C10] no package runs a script, and each that would is known", async () => {
  const packages = [...(await readPackages(root)).values()];
  const willing = packages.filter(({ installScripts }) => installScripts.length > 0);
  const { allowScripts, ...config } = await readConfig();
  assert.deepEqual(Object.keys(allowScripts), ["deny"], "nothing is allowed");
  assert.deepEqual(
    [...new Set(allowScripts.deny)].sort(),
    willing.map(({ name }) => `npm:${name}`).sort(),
    `these have scripts: ${willing.map(titleOf).join(", ")}`,
  );
  for (const member of config.workspace) {
    const own = JSON.parse(await Deno.readTextFile(new URL(`${member}/deno.json`, root)));
    assert.equal(own.allowScripts, undefined, `${member} allows none either`);
  }
});
