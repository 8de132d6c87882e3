import assert from "node:assert/strict";

const scripts = new URL(".", import.meta.url);

/** A machine whose only programs are these, and the usual tools. */
async function install(programs: Readonly<Record<string, string>>) {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/a checkout/scripts`, { recursive: true });
    await Deno.mkdir(`${root}/bin`);
    for (const name of ["install_prometheus.sh", "need.sh"]) {
      await Deno.copyFile(new URL(name, scripts), `${root}/a checkout/scripts/${name}`);
    }
    for (const tool of "sh cat dirname mkdir mktemp rm mv touch chmod".split(" ")) {
      await Deno.symlink(await which(tool), `${root}/bin/${tool}`);
    }
    for (const [name, source] of Object.entries(programs)) {
      await Deno.writeTextFile(`${root}/bin/${name}`, `#!/bin/sh\n${source}\n`, { mode: 0o755 });
    }
    const { code, stderr } = await new Deno.Command(
      `${root}/a checkout/scripts/install_prometheus.sh`,
      { env: { PATH: `${root}/bin` }, clearEnv: true },
    ).output();
    return {
      code,
      said: new TextDecoder().decode(stderr),
      left: await namesIn(`${root}/a checkout/.tools`),
    };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function which(tool: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${tool}`] }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** Downloads a package, as far as a file of that name is one. */
const apt = 'case "$*" in *download*) touch prometheus_2_amd64.deb ;; esac';

/** Unpacks a promtool that ends with a code. */
const unpacking = (code: number) =>
  `mkdir -p "$3/usr/bin" && echo "exit ${code}" >"$3/usr/bin/promtool" && ` +
  'chmod +x "$3/usr/bin/promtool"';

const helpless: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ["no Debian", {}, /apt-get is not on PATH/],
  ["no network", { "apt-get": "exit 100", "dpkg-deb": "exit 1" }, /apt-get update failed/],
  [
    "no package",
    { "apt-get": 'case "$*" in *download*) exit 100 ;; esac', "dpkg-deb": "exit 1" },
    /apt-get download failed/,
  ],
  ["another machine", { "apt-get": apt, "dpkg-deb": unpacking(126) }, /it does not run here/],
];

for (const [what, programs, expected] of helpless) {
  Deno.test(`Prometheus' installer says what is wrong, and leaves nothing: ${what}`, async () => {
    const { code, said, left } = await install(programs);
    assert.match(said, expected);
    assert.match(said, /You can install it yourself/);
    assert.deepEqual({ code, left }, { code: 1, left: [] });
  });
}

Deno.test("Prometheus' installer leaves the programs, and nothing else", async () => {
  const { code, said, left } = await install({ "apt-get": apt, "dpkg-deb": unpacking(0) });
  assert.deepEqual({ code, left }, { code: 0, left: ["prometheus"] }, said);
});
