import assert from "node:assert/strict";
import { flagsOf, makeTempFolder, pathOf, platformEnv, RunningProcess } from "../tests/kit/mod.ts";

Deno.test("[R5] a bundled runtime hosts a handler that imports @asya/runtime", async () => {
  await using folder = await makeTempFolder();
  const built = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "build", folder.at("dist")],
    cwd: pathOf(""),
  }).output();
  assert.equal(built.code, 0, new TextDecoder().decode(built.stderr));
  const programs = [...Deno.readDirSync(folder.at("dist"))].map(({ name }) => name);
  for (const name of ["gateway", "runtime", "sidecar"]) assert(programs.includes(name), name);

  await folder.write(
    "handler.ts",
    'import { RetryableError } from "@asya/runtime";\n' +
      "export default () => { throw new RetryableError('busy'); };\n",
  );
  const env = { ASYA_HANDLER: "./handler.ts", ASYA_SOCKET_PATH: folder.at("app.sock") };
  const flags = await flagsOf("runtime", env);
  const start = () =>
    new RunningProcess({
      name: "runtime",
      command: Deno.execPath(),
      args: ["run", "--quiet", ...flags, folder.at("dist/runtime/main.js")],
      env: { ...platformEnv(), ASYA_LOG_FORMAT: "json", ...env },
      cwd: folder.path,
    });
  await using process = start();
  await process.waitForLine("handler is ready");
  assert.equal((await process.stop()).code, 0);

  // Nor does a project of its own need the checkout.
  await folder.write("deno.json", '{ "imports": { "words": "./words.ts" } }');
  await folder.write("words.ts", "export const busy = 'busy';");
  await folder.write(
    "handler.ts",
    'import { RetryableError } from "@asya/runtime";\nimport { busy } from "words";\n' +
      "export default () => { throw new RetryableError(busy); };\n",
  );
  await using again = start();
  await again.waitForLine("handler is ready");
  assert.equal((await again.stop()).code, 0);
});
