import assert from "node:assert/strict";
import { flagsOf, platformEnv, RunningProcess, type TempFolder } from "../../kit/mod.ts";

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

/**
 * Hosts handlers that import `@asya/runtime`, without and with a project of their own.
 *
 * @param folder with the bundles in `dist`
 */
export async function hostAuthors(folder: TempFolder): Promise<void> {
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

/**
 * Hosts the handlers that every mesh has.
 *
 * @param folder with the bundles in `dist`
 */
export async function hostOurs(folder: TempFolder): Promise<void> {
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
