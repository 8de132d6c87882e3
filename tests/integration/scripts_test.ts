/**
 * The shell scripts of this repository: what ShellCheck says of them, and how those that a person
 * calls answer without a cluster.
 *
 * @module
 */
import assert from "node:assert/strict";
import { listFiles } from "../../tools/list_files.ts";
import { findShellcheck, makeTempFolder, pathOf } from "../kit/mod.ts";

const shellcheck = await findShellcheck();
const root = new URL("../../", import.meta.url);

/** Every shell script, by its first line. */
const scripts: string[] = [];
for (const path of await listFiles(root)) {
  if (/\.[a-z]+$/.test(path) && !path.endsWith(".sh")) continue;
  const text = await Deno.readTextFile(pathOf(path)).catch(() => "");
  if (/^#( shellcheck shell=|!.*\b(ba)?sh\b)/.test(text)) scripts.push(path);
}

/** Those that explain themselves. */
const callable = scripts.filter((path) =>
  /^# {3}--help +show this$/m.test(Deno.readTextFileSync(pathOf(path)))
);

async function run(path: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(pathOf(path), {
    args,
    env,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test({
  name: "[E5] ShellCheck finds nothing in any script",
  ignore: shellcheck.isMissing,
  async fn() {
    assert(scripts.length > 10, scripts.join(" "));
    const { code, stdout } = await new Deno.Command(shellcheck.command, {
      args: ["--external-sources", "--source-path", pathOf(""), ...scripts],
      cwd: root,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stdout));
  },
});

Deno.test("[E5] scripts explain themselves, and refuse what they do not know", async () => {
  for (const path of ["scripts/with_rabbitmq", "scripts/install_deno.sh"]) {
    assert(callable.includes(path), `${path} does not explain itself`);
  }
  await Promise.all(callable.map(async (path) => {
    const help = await run(path, ["--help"]);
    assert.equal(help.code, 0, path);
    assert(help.out.includes(`  ${path}`), `${path} shows how it is called: ${help.out}`);
    assert.match(help.out, /^ {2}--help +show this$/m, path);
    const wrong = await run(path, ["--colour"]);
    assert.equal(wrong.code, 2, path);
    assert.match(wrong.err, /"--colour" is no option/, path);
  }));
});

Deno.test("[E5] a script that lacks a program names it, and where it comes from", async () => {
  await using folder = await makeTempFolder();
  for (const name of ["sh", "dirname", "sed", "cat", "env", "bash", "readlink"]) {
    const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${name}`] })
      .output();
    await Deno.symlink(new TextDecoder().decode(stdout).trim(), folder.at(name));
  }
  const needing = callable.filter((path) => /^need /m.test(Deno.readTextFileSync(pathOf(path))));
  assert(needing.length >= 2, needing.join(" "));
  for (const path of needing) {
    const { code, err } = await run(path, [], { PATH: folder.path });
    assert.equal(code, 1, `${path}: ${err}`);
    assert.match(err, /^[a-z0-9-]+\.sh: \S+ is not on PATH; see https:/, path);
  }
});

Deno.test("[E5] a script that finds no cluster says so in one line, and does nothing", async () => {
  await using folder = await makeTempFolder();
  const refusal = "The connection to the server kube:6443 was refused";
  const kubectl = `#!/bin/sh\necho "$@" >>${folder.at("asked")}\n` +
    `printf 'E1122 memcache.go:265\\n${refusal}\\n' >&2\nexit 1\n`;
  for (const [name, source] of [["kubectl", kubectl], ["helm", "#!/bin/sh\n"]] as const) {
    await Deno.chmod(await folder.write(`bin/${name}`, source), 0o755);
  }
  const env = { PATH: `${folder.at("bin")}:${Deno.env.get("PATH")}` };
  const cases: [string, string[], string][] = [
    ["examples/deployment-minimal/deploy.sh", [], "kubectl's current context"],
    ["examples/deployment-minimal/deploy.sh", ["--context", "far"], "context far"],
    ["examples/deployment-minikube/scripts/deploy.sh", [], "context minikube"],
  ];
  for (const [path, args, cluster] of cases) {
    assert.deepEqual(await run(path, args, env), {
      code: 1,
      out: "",
      err: `deploy.sh: the cluster of ${cluster} does not answer: ${refusal}\n`,
    });
  }
  const asked = (await Deno.readTextFile(folder.at("asked"))).trim().split("\n");
  assert.deepEqual(asked.filter((line) => !/\bversion\b/.test(line)), []);
});

Deno.test("[E5] images are built by name, tag, registry and platform, or it is said why not", async () => {
  const script = "scripts/build-images.sh";
  const { out } = await run(script, [
    ...["--dry-run", "--tag", "7", "--registry", "registry.example.com/asya", "gateway"],
  ]);
  assert.match(
    out,
    /^docker build --target gateway-deno --build-arg VERSION=7 .* --tag registry\.example\.com\/asya\/asya-gateway:7 /,
  );
  const all = await run(script, ["--dry-run", "--platform", "linux/amd64,linux/arm64", "--push"]);
  const programs = ["gateway", "sidecar", "runtime", "operator", "actors"];
  const targetsOf = (text: string) => Array.from(text.matchAll(/--target (\S+)/g), ([, at]) => at);
  assert.deepEqual(targetsOf(all.out), programs.map((name) => `${name}-deno`));
  assert.match(
    all.out,
    /--platform linux\/amd64,linux\/arm64 --provenance mode=max --sbom true --tag asya-gateway:\S+ --push/,
  );
  const nowhere = await run(script, ["--dry-run", "--platform", "linux/amd64,linux/arm64"]);
  assert.deepEqual([nowhere.code, nowhere.out], [2, ""]);
  assert.match(nowhere.err, /docker keeps images of several platforms nowhere; add --push/);
  const wrong = await run(script, ["--engine", "lxc"]);
  assert.match(wrong.err, /--engine is "lxc"; allowed: docker, podman/);
});

Deno.test("[Y4] [C2] an image is told its commit and its source, without who may read that", async () => {
  const source = "https://ada:hush@example.com/asya.git";
  const { out } = await run("scripts/build-images.sh", ["--dry-run", "gateway"], {
    ...{ GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "remote.origin.url", GIT_CONFIG_VALUE_0: source },
  });
  assert.match(out, / --build-arg REVISION=[0-9a-f]{40} /);
  assert.match(out, / --build-arg CREATED=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /);
  assert.match(out, / --build-arg SOURCE_DATE_EPOCH=\d+ /);
  assert.match(out, / --build-arg SOURCE=https:\/\/example\.com\/asya\.git /);
});

Deno.test("[E5] images are built as executables too, with a handler of one's own", async () => {
  const script = "scripts/build-images.sh";
  const both = await run(script, ["--dry-run", "--tag", "7", "--variant", "all", "sidecar"]);
  assert.deepEqual(
    Array.from(both.out.matchAll(/--target (\S+) .* --tag (\S+)/g), ([, ...words]) => words),
    [["sidecar-deno", "asya-sidecar:7"], ["sidecar", "asya-sidecar:7-compiled"]],
  );
  const { out } = await run(script, [
    ...["--dry-run", "--variant", "compiled", "--handlers", "/me", "--handler", "predict.ts"],
    ...["--permissions", "--allow-net=api.example.com", "--engine", "podman", "runtime"],
  ]);
  assert.match(out, /^podman build --target runtime .* --build-context handlers=\/me /);
  assert.match(
    out,
    / --build-arg HANDLER=predict\.ts --build-arg HANDLER_PERMISSIONS=--allow-net=/,
  );
  const wrong = await run(script, ["--variant", "alpine"]);
  assert.match(wrong.err, /--variant is "alpine"; allowed: deno, compiled, all/);
});
