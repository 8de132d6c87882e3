import assert from "node:assert/strict";
import { findRabbitmq, makeTempFolder, pathOf, platformEnv, poll, RunningProcess } from "./mod.ts";

const rabbitmq = await findRabbitmq();

function withRabbitmq(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningProcess {
  const allowed = ["read", "write", "net", "env", "run", "sys=uid"];
  return new RunningProcess({
    name: "with_rabbitmq",
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--no-prompt", ...allowed.map((kind) => `--allow-${kind}`)],
      pathOf("tests/kit/with_rabbitmq.ts"),
      ...command,
    ],
    env: { ...platformEnv(), ...env },
  });
}

/** Pids of the processes that know of a folder: it stands in the environment of a broker's. */
function pidsAround(folder: string): number[] {
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", 'grep -laF -- "$1" /proc/[0-9]*/environ 2>/dev/null', "sh", folder],
  }).outputSync();
  return [...new TextDecoder().decode(stdout).matchAll(/\/proc\/(\d+)\//g)].map(([, pid]) =>
    Number(pid)
  );
}

Deno.test("a command beside a RabbitMQ that is there is only run", async (t) => {
  const url = "amqp://localhost:1/";
  const show = ["sh", "-c", 'echo "$ASYA_RABBITMQ_URL"; exit 7'];
  const cases:
    readonly (readonly [string, readonly string[], Record<string, string>, number, RegExp])[] = [
      [
        "a URL is passed on, an exit code too",
        show,
        { ASYA_RABBITMQ_URL: url },
        7,
        /^amqp:.*:1\/$/,
      ],
      ["no command", [], {}, 2, /needs a command/],
      [
        "a command that is not there",
        ["/no/such"],
        { ASYA_RABBITMQ_URL: url },
        2,
        /^there is no command/,
      ],
      ["no RabbitMQ", ["true"], { PATH: "/nowhere" }, 2, /^there is no RabbitMQ here: install /m],
    ];
  for (const [what, command, env, code, output] of cases) {
    await t.step(what, async () => {
      await using run = withRabbitmq(command, env);
      assert.equal((await run.ended()).code, code, run.output);
      assert.match(run.output, output);
    });
  }
});

Deno.test({
  name: "a RabbitMQ for one command leaves nothing behind, also where it is killed",
  ignore: rabbitmq.hasNoServer,
  fn: async () => {
    await using temporary = await makeTempFolder();
    const env = { TMPDIR: temporary.path };
    await using run = withRabbitmq(["sh", "-c", 'echo "$ASYA_RABBITMQ_URL"; exec sleep 600'], env);
    await run.waitForLine(({ text }) => text.startsWith("amqp://"), 120_000);
    const pids = pidsAround(temporary.path);
    assert(pids.length >= 4, "itself, its command, the broker, what serves it");
    await run.kill();
    await poll("the end of all of it", () => pidsAround(temporary.path).length === 0);
    assert.deepEqual([...Deno.readDirSync(temporary.path)], []);
  },
});
