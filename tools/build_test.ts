import assert from "node:assert/strict";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import {
  flagsOf,
  makeTempFolder,
  pathOf,
  platformEnv,
  RunningProcess,
  type TempFolder,
} from "../tests/kit/mod.ts";
import { describeBundles, takeSourceMap } from "./supply/describe_bundles.ts";
import { judgeBundles } from "./supply/judge_bundles.ts";

/** A bundled runtime that hosts a handler. */
async function host(
  folder: TempFolder,
  env: Record<string, string>,
  cwd: string,
  handlerFlags: readonly string[],
) {
  const settings = { ASYA_SOCKET_PATH: folder.at("app.sock"), ...env };
  const flags = await flagsOf("runtime", settings);
  const main = folder.at("dist/runtime/main.js");
  return new RunningProcess({
    name: "runtime",
    command: Deno.execPath(),
    args: ["run", "--quiet", ...flags, main, "--allow-env=ASYA_*", ...handlerFlags],
    env: { ...platformEnv(), ASYA_LOG_FORMAT: "json", ...settings },
    cwd,
  });
}

async function hostToReadiness(
  folder: TempFolder,
  env: Record<string, string>,
  cwd: string,
  handlerFlags: readonly string[] = [],
) {
  await using process = await host(folder, env, cwd, handlerFlags);
  await process.waitForLine("handler is ready");
  assert.equal((await process.stop()).code, 0);
}

async function hostAuthors(folder: TempFolder): Promise<void> {
  const env = { ASYA_HANDLER: "./handler.ts" };
  await folder.write(
    "handler.ts",
    'import { RetryableError } from "@asya/runtime";\n' +
      "export default () => { throw new RetryableError('busy'); };\n",
  );
  await hostToReadiness(folder, env, folder.path);

  // Nor does a project of its own need the checkout.
  await folder.write("deno.json", '{ "imports": { "words": "./words.ts" } }');
  await folder.write("words.ts", "export const busy = 'busy';");
  await folder.write(
    "handler.ts",
    'import { RetryableError } from "@asya/runtime";\nimport { busy } from "words";\n' +
      "export default () => { throw new RetryableError(busy); };\n",
  );
  await hostToReadiness(folder, env, folder.path);
}

/** The `asya` command runs from a checkout: it is bundled here to be weighed with the others. */
async function weighAll(folder: TempFolder): Promise<void> {
  const output = folder.at("dist/mesh/main.js");
  const bundled = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--sourcemap=external", "-o", output, "mesh/main.ts"],
    cwd: pathOf(""),
  }).output();
  assert(bundled.success, new TextDecoder().decode(bundled.stderr));
  await describeBundles([await takeSourceMap(output)]);
  assert.deepEqual(await judgeBundles(folder.at("dist")), []);
}

async function readContents(folder: TempFolder): Promise<void> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  for (const name of ["actors", "gateway", "operator", "runtime", "sidecar"]) {
    const at = (file: string) => folder.at(`dist/${name}/${file}`);
    const text = await Deno.readTextFile(at("sbom.cdx.json"));
    assert.equal(await validator.validate(text), null, name);
    const { metadata, components } = JSON.parse(text);
    for (const file of metadata.component.components) {
      const bytes = await Deno.readFile(at(file.name));
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      assert.equal(file.hashes[0].content, hash, `${name}/${file.name}`);
    }
    const notices = await Deno.readTextFile(at("THIRD_PARTY_NOTICES.txt"));
    const libraries = components.filter(({ type }: { type: string }) => type === "library");
    for (const { group, name, version, licenses } of libraries) {
      const title = `${group ? `${group}/` : ""}${name}@${version} (${licenses[0].license.id})`;
      assert(notices.split("\n").includes(title), title);
    }
    assert((await Deno.readTextFile(at("LICENSE"))).includes("Apache License"));
  }
}

async function hostOurs(folder: TempFolder): Promise<void> {
  const cwd = folder.at("dist/actors");
  const database = folder.at("join.db");
  for (const handler of ["./happy_end.js#HappyEnd.handle", "./error_end.js#ErrorEnd.handle"]) {
    await hostToReadiness(folder, { ASYA_HANDLER: handler }, cwd);
  }
  const join = {
    ASYA_HANDLER: "./join.js#Join.handle",
    ASYA_INCLUDE_METADATA: "true",
    ASYA_DATABASE_URL: `sqlite:${database}`,
  };
  await hostToReadiness(folder, join, cwd, [
    `--allow-read=${database}`,
    `--allow-write=${database}`,
  ]);
}

Deno.test("[R5] [C8] [C11] [C13] what is bundled works without the checkout", async (t) => {
  await using folder = await makeTempFolder();
  const built = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "build", folder.at("dist")],
    cwd: pathOf(""),
    // Where an image is made there is no git.
    env: { GIT_DIR: folder.at("none") },
  }).output();
  assert.equal(built.code, 0, new TextDecoder().decode(built.stderr));
  await t.step("a handler finds @asya/runtime", () => hostAuthors(folder));
  await t.step("the handlers of every mesh are single files", () => hostOurs(folder));
  await t.step("[C11] what is in it stands beside it", () => readContents(folder));
  await t.step("[C13] every program is within its budget", () => weighAll(folder));
});
