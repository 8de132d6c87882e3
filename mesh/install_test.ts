import assert from "node:assert/strict";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** The arguments behind `deno install` that the README tells. */
async function readInstall(): Promise<string[]> {
  const readme = await Deno.readTextFile(new URL("README.md", import.meta.url));
  const [, line = ""] = /^deno install ((?:.*\\\n)*.*)$/m.exec(readme) ?? [];
  return line.replaceAll("\\\n", " ").split(/\s+/);
}

async function run(command: string, args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    // The deno that runs this test is the one that the installed command finds.
    env: { NO_COLOR: "1", PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:/usr/bin:/bin` },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", err: err ?? "" };
}

Deno.test("[U7] it is installed as the README says, and runs a mesh from another folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const install = await readInstall();
    assert(
      install.includes("--global") && !install.some((flag) => /^(-A|--allow-all)$/.test(flag)),
    );
    const args = ["install", "--quiet", "--root", folder, ...install];
    const installed = await run(Deno.execPath(), args, root);
    assert.equal(installed.code, 0, installed.err);
    await Deno.mkdir(`${folder}/mesh`);
    await Deno.writeTextFile(
      `${folder}/mesh/hello.ts`,
      "export default (msg) => ({ greeting: `Hello, ${msg.payload.name}!` });\n",
    );
    await Deno.writeTextFile(
      `${folder}/mesh/mesh.yaml`,
      `name: hello
actors: [{ name: hello, handler: ./hello.ts }]
tools: [{ name: say_hello, parameters: { name: { type: string } }, route: [hello] }]
demo: { tool: say_hello, arguments: { name: Ada } }
`,
    );
    const asya = `${folder}/bin/asya`;
    const version = await run(asya, ["--version"], folder);
    assert.match(version.out, /^asya \d+\.\d+\.\d+\n$/);
    const demo = await run(asya, ["demo"], `${folder}/mesh`);
    assert.equal(demo.code, 0, demo.err);
    assert.deepEqual(JSON.parse(demo.out), { greeting: "Hello, Ada!" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
