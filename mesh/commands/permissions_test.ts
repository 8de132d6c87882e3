import assert from "node:assert/strict";
import type { CommandContext } from "./command.ts";
import { permissions } from "./permissions.ts";

async function print(
  program: string,
  env: Record<string, string>,
  isJson: boolean,
): Promise<string> {
  const lines: string[] = [];
  const screen = { out: (line: string) => lines.push(line) };
  const prepared = permissions.prepare({
    options: isJson ? { json: [""] } : {},
    positionals: [program],
  });
  assert(prepared.ok);
  const context = { screen, env } as unknown as CommandContext;
  assert.equal(await prepared.run(context), 0);
  return lines.join("\n");
}

Deno.test("[C8] the flags of a program in an environment can be asked for", async () => {
  const env = {
    ASYA_QUEUE_NAME: "ocr",
    ASYA_RABBITMQ_URL: "amqp://me:s3cret@mq",
    ASYA_SOCKET_PATH: "/run/my app.sock",
    ASYA_METRICS_ADDR: ":9000",
  };
  const flags: string[] = JSON.parse(await print("sidecar", env, true));
  assert(flags.includes("--no-prompt") && flags.includes("--ignore-env"));
  assert(flags.includes("--allow-net=mq:5672,0.0.0.0:9000,unix:/run/my app.sock"), `${flags}`);
  const line = await print("sidecar", env, false);
  assert.match(line, / '--allow-net=mq:5672,0\.0\.0\.0:9000,unix:\/run\/my app\.sock'( |$)/);
  assert.doesNotMatch(line, /s3cret/);
  const operator = await print("operator", { ASYA_RUNTIME_BUNDLE: "/bundle" }, false);
  assert.match(operator, / --allow-net /);
  assert.match(operator, /--allow-read=\S*\/bundle$/);
  const actors = await print("actors", { ASYA_RESULTS_DIR: "/results" }, false);
  assert.match(actors, /^'--allow-env=ASYA_\*,AWS_REGION' --allow-read=\/results /);
});

Deno.test("a program that nobody knows is refused", { permissions: "none" }, () => {
  const prepared = permissions.prepare({ options: {}, positionals: ["broker"] });
  assert.deepEqual(prepared.ok ? [] : prepared.problems, [
    'PROGRAM is "broker"; allowed: gateway, sidecar, runtime, actors, operator',
  ]);
});
