import assert from "node:assert/strict";
import { makeTempFolder, pathOf, type TempFolder } from "../tests/kit/mod.ts";

/** Runs `install` as an init container does. */
async function install(main: string, target: string, args: readonly string[] = [target]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--ignore-env", "--allow-read=/", `--allow-write=${target}`, main],
      ...["install", ...args],
    ],
  }).output();
  const text = new TextDecoder();
  return { code, said: text.decode(stdout).trim(), problem: text.decode(stderr).trim() };
}

async function bundle(folder: TempFolder): Promise<string> {
  for (const [entry, output] of [["main.ts", "main.js"], ["mod.ts", "mod.ts"]] as const) {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--output", folder.at(`built/${output}`), `runtime/${entry}`],
      cwd: pathOf(""),
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  }
  return folder.at("built/main.js");
}

/** Every file below a folder, with its mode. */
function filesIn(folder: string): Record<string, number> {
  const files: Record<string, number> = {};
  for (const { name: part } of Deno.readDirSync(folder)) {
    for (const { name } of Deno.readDirSync(`${folder}/${part}`)) {
      const { mode } = Deno.statSync(`${folder}/${part}/${name}`);
      files[`${part}/${name}`] = (mode ?? 0) & 0o777;
    }
  }
  return files;
}

Deno.test("[I9] the runtime and its Deno are copied to a folder, and replaced in it", async () => {
  await using folder = await makeTempFolder();
  const main = await bundle(folder);
  const target = folder.at("target");
  const whole = { "bin/deno": 0o755, "runtime/main.js": 0o644, "runtime/mod.ts": 0o644 };
  for (const time of ["first", "second"]) {
    const { code, said, problem } = await install(main, target);
    assert.deepEqual([code, said, problem], [0, `the runtime is in ${target}`, ""], time);
    assert.deepEqual(filesIn(target), whole, time);
  }
  const copied = await Deno.readTextFile(`${target}/runtime/main.js`);
  assert.equal(copied, await Deno.readTextFile(main));
  const { size } = await Deno.stat(`${target}/bin/deno`);
  assert.equal(size, (await Deno.stat(Deno.execPath())).size);
});

Deno.test("[I9] what keeps the runtime from being copied is said in a sentence", async () => {
  await using folder = await makeTempFolder();
  const main = pathOf("runtime/main.ts");
  const target = folder.at("target");
  const fromSource = await install(main, target);
  assert.equal(fromSource.code, 1);
  assert.match(fromSource.problem, /main\.ts is no bundle; allowed: main\.js/);
  for (const args of [[], ["relative"], ["/a", "/b"]]) {
    const { code, problem } = await install(main, target, args);
    assert.equal(code, 2);
    assert.match(problem, /allowed: the absolute path of one folder$/);
  }
  const { code, said } = await install(main, target, ["--help"]);
  assert.equal(code, 0);
  assert.match(said, /^runtime install FOLDER\n/);
  assert.match(said, /glibc/);
});
