import assert from "node:assert/strict";

const main = new URL("../main.ts", import.meta.url).pathname;

/** What a shell says at the end of a script that asks for completions, for each shell. */
const DRIVERS: Readonly<Record<"bash" | "zsh" | "fish", string>> = {
  bash: `
    source <(asya completions bash)
    try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _asya; echo "\${COMPREPLY[*]}"; }
    try asya dlq re
    try asya call ""
    try asya jobs get 7d
    try asya call scan --arg ""
    try asya call scan --args no
    try asya tools a
  `,
  // What zsh shows goes to a terminal; here to whom stands in for the function that shows it.
  zsh: `
    autoload -Uz compinit && compinit -u -D
    source <(asya completions zsh)
    _describe() { local name; for name in "$@"; do case $name in whole|begun) print -rn -- "\${(@)\${(@P)name}%%:*} " ;; esac; done }
    _files() { print -rn -- "notes.txt" }
    try() { words=("$@"); CURRENT=$#; _asya; print }
    try asya dlq re
    try asya call ""
    try asya jobs get 7d
    try asya call scan --arg ""
    try asya call scan --args no
    try asya tools a
  `,
  fish: `
    asya completions fish | source
    function try
      complete -C "$argv" | string replace -r '\\t.*' '' | string join ' '
    end
    try 'asya dlq re'
    try 'asya call '
    try 'asya jobs get 7d'
    try 'asya call scan --arg '
    try 'asya call scan --args no'
    try 'asya tools a'
    true
  `,
};

/** A folder with the command in it, as an installation has it. */
async function withCommand(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const flags = ["read", "write", "net", "env", "run"].map((kind) => `--allow-${kind}`);
    const words = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...flags, main].join(" ");
    const script = `#!/bin/sh\nexec ${words} "$@"\n`;
    await Deno.writeTextFile(`${folder}/asya`, script, { mode: 0o755 });
    await Deno.writeTextFile(`${folder}/notes.txt`, "");
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function isThere(shell: string): Promise<boolean> {
  const { success } = await new Deno.Command("/bin/sh", {
    args: ["-c", `command -v ${shell}`],
    stdout: "null",
  }).output();
  return success;
}

async function runIn(shell: string, script: string, folder: string, url: string) {
  const { code, stdout, stderr } = await new Deno.Command(shell, {
    args: ["-c", script],
    cwd: folder,
    clearEnv: true,
    env: {
      ...Object.fromEntries(
        ["HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
          const value = Deno.env.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      PATH: `${folder}:/usr/local/bin:/usr/bin:/bin`,
      ASYA_GATEWAY_URL: url,
    },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, decode(stderr));
  return decode(stdout).split("\n").map((line) => line.trim());
}

for (const shell of ["bash", "zsh", "fish"] as const) {
  Deno.test({
    name: `[U6] ${shell} completes commands, tools, jobs, arguments and files`,
    // A shell that nobody has installed teaches nothing; bash is everywhere.
    ignore: shell !== "bash" && !await isThere(shell),
    fn: () =>
      withCommand(async (folder) => {
        const jobs = ["7d1f6a52-1", "7d1f6a52-2", "0b"].map((id) => ({ id, status: "Failed" }));
        const inputSchema = { properties: { pages: {}, mode: {} } };
        const tools = ["archive", "scan"].map((name) => ({
          name,
          description: "x: y",
          inputSchema,
        }));
        const server = Deno.serve(
          { hostname: "127.0.0.1", port: 0, onListen() {} },
          (request) => Response.json(request.url.endsWith("/tools") ? { tools } : { jobs }),
        );
        try {
          const url = `http://127.0.0.1:${server.addr.port}`;
          const lines = await runIn(shell, DRIVERS[shell], folder, url);
          assert.deepEqual(lines.slice(0, 6), [
            "replay",
            "archive scan",
            "7d1f6a52-1 7d1f6a52-2",
            "pages= mode=",
            "notes.txt",
            "archive",
          ]);
        } finally {
          await server.shutdown();
        }
      }),
  });
}

Deno.test("[U6] where no gateway answers, nothing is offered, and nothing is said", () =>
  withCommand(async (folder) => {
    const lines = await runIn("bash", "asya complete -- call ''", folder, "http://127.0.0.1:1");
    assert.deepEqual(lines, [""]);
  }));
