import assert from "node:assert/strict";

const script = `
  import { defineSettings, integer, loadSettings, logSettings, text } from "@asya/program";
  const settings = defineSettings({
    ...logSettings,
    name: text({ env: "ASYA_QUEUE_NAME", required: true, doc: "the queue" }),
    prefetch: integer({ env: "ASYA_PREFETCH", default: 1, min: 1, doc: "at a time" }),
  });
  const check = (config) => config.name === "odd" ? ["ASYA_QUEUE_NAME must be even"] : [];
  const config = loadSettings("tool", "Does things.", settings, check);
  console.log(JSON.stringify(config));
`;

async function start(env: Record<string, string>, ...args: string[]) {
  const root = new URL("..", import.meta.url);
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(path, script);
    const flags = ["--no-prompt", "--ignore-env", "--allow-env=ASYA_*", "--config", "deno.json"];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, path, ...args],
      cwd: root,
      env: { NO_COLOR: "1", ...env },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("[C1] a program with good settings gets its values", async () => {
  const { code, stdout, stderr } = await start({ ASYA_QUEUE_NAME: "q" });
  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), { logLevel: "INFO", name: "q", prefetch: 1 });
  assert.equal(code, 0);
});

Deno.test("[C1] a program with bad settings lists them all and exits 2", async () => {
  const { code, stdout, stderr } = await start({ ASYA_PREFETCH: "many" });
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.deepEqual(stderr.trimEnd().split("\n"), [
    "tool cannot start; its settings have 2 problems:",
    "  ASYA_QUEUE_NAME is not set; it is required (the queue)",
    '  ASYA_PREFETCH is "many"; allowed: a whole number, 1 or more',
    "--help lists every setting.",
  ]);
});

Deno.test("[C1] problems between settings are reported the same way", async () => {
  const { code, stderr } = await start({ ASYA_QUEUE_NAME: "odd" });
  assert.equal(code, 2);
  assert.match(stderr, /a problem:\n {2}ASYA_QUEUE_NAME must be even\n/);
});

Deno.test("[C4] an unknown name is logged, and the program starts", async () => {
  const { code, stderr } = await start({ ASYA_QUEUE_NAME: "q", ASYA_PREFECTH: "2" });
  assert.equal(code, 0);
  const line = JSON.parse(stderr);
  assert.equal(line.level, "WARN");
  assert.equal(
    line.notice,
    "ASYA_PREFECTH is not a setting of any program; did you mean ASYA_PREFETCH?",
  );
});

Deno.test("[C5] --help prints every setting and exits 0", async () => {
  const { code, stdout } = await start({}, "--help");
  assert.equal(code, 0);
  assert.match(stdout, /^tool: Does things\.\n[^]*ASYA_QUEUE_NAME {2}\(required\)/);
});
