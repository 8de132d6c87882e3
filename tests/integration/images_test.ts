/**
 * The images, as far as they can be had without a container engine: what the Dockerfile copies and
 * starts is run as an engine would, and what is compiled is looked into.
 *
 * @module
 */
import assert from "node:assert/strict";
import { validate, type ValidatorSettings } from "dockerfile-utils";
import { actorCrd } from "../../operator/actor/actor_crd.ts";
import { type Program, programs } from "../../tools/images/plan_executables.ts";
import { imageFlags } from "../../tools/images/image_flags.ts";
import { canContain, startContainer } from "../kit/images/container.ts";
import { type Image, imageOf, readStages } from "../kit/images/dockerfile.ts";
import { readExecutable } from "../kit/images/executable.ts";
import { type NewObject, startKube } from "../kit/kube.ts";
import {
  freePort,
  GatewayClient,
  makeTempFolder,
  parseGrants,
  parseUses,
  pathOf,
  poll,
  type RunningProcess,
  type TempFolder,
  ungranted,
  usersOf,
} from "../kit/mod.ts";

const text = await Deno.readTextFile(pathOf("Dockerfile"));
const stages = readStages(text);
const USER = 65532;

/** What a `deno compile` that is not to be run needs no download for: any program of this system. */
const BASE = "/bin/true";

/** Runs a task of this checkout. */
async function runTask(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: pathOf(""),
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

async function readPermissions(program: Program) {
  return JSON.parse(await Deno.readTextFile(pathOf(`${program}/permissions.json`)));
}

Deno.test("[Y4] a linter finds nothing in the Dockerfile", () => {
  const settings = {
    ...{ deprecatedMaintainer: 2, directiveCasing: 2, emptyContinuationLine: 2 },
    ...{ instructionCasing: 2, instructionCmdMultiple: 2, instructionEntrypointMultiple: 2 },
    ...{ instructionJSONInSingleQuotes: 2, instructionWorkdirRelative: 2 },
  } satisfies ValidatorSettings;
  assert.deepEqual(validate(text, settings).map(({ message }) => message), []);
  // It does find what is wrong.
  assert.notDeepEqual(validate(`${text}\nMAINTAINER me\nENTRYPOINT ['x']`, settings), []);
});

Deno.test("[Y4] every stage is used, and what comes from elsewhere has a version", async () => {
  const targets = new Set<string>(programs.flatMap((name) => [name, `${name}-deno`]));
  const used = stages.flatMap(({ parent, instructions }) => [
    parent,
    ...instructions.map((line) => /--from=(\S+)/.exec(line.toString())?.[1] ?? ""),
  ]);
  for (const { name, parent, instructions } of stages) {
    assert(name !== "" && (targets.has(name) || used.includes(name)), `${name} is not used`);
    const isOurs = parent === "scratch" || stages.some((other) => other.name === parent);
    assert(isOurs || /:(?!latest$)[\w.-]+$|@sha256:/.test(parent), `${parent} has no version`);
    assert(!instructions.some((line) => line.getKeyword() === "ADD"), `${name} adds`);
  }
  for (const from of text.matchAll(/--from=(\S+)/g)) {
    assert(stages.some(({ name }) => name === from[1]), `${from[1]} is no stage`);
  }
  const version = (await Deno.readTextFile(pathOf(".dvmrc"))).trim();
  assert.match(text, new RegExp(`^ARG DENO_VERSION=${version.replaceAll(".", "\\.")}$`, "m"));
});

Deno.test("[Y4] every image says what it is, and is nobody's who could change it", () => {
  for (const name of programs.flatMap((name) => [name, `${name}-deno`])) {
    const { base, user, labels, env, workdir } = imageOf(stages, name);
    assert.equal(base, "gcr.io/distroless/cc-debian12:nonroot", name);
    assert.equal(user, `${USER}:${USER}`, name);
    assert(workdir.startsWith("/"), name);
    assert(env.DENO_DIR?.startsWith("/tmp/") || env.DENO_DIR?.startsWith("/opt/asya/"), name);
    for (
      const key of [
        ...["title", "description", "licenses", "version", "revision", "created", "source"],
        ...["vendor", "base.name"],
      ]
    ) {
      assert(labels[`org.opencontainers.image.${key}`], `${name} has no label ${key}`);
    }
    assert.equal(labels["org.opencontainers.image.title"], `asya-${name.replace("-deno", "")}`);
  }
});

Deno.test("[Y1] an entry point grants what its program may need, and nothing else", async () => {
  for (const program of programs.filter((program) => program !== "actors")) {
    const { entrypoint } = imageOf(stages, `${program}-deno`);
    assert.deepEqual(entrypoint, [
      ...["deno", "run", ...imageFlags(await readPermissions(program))],
      `/opt/asya/${program}/main.js`,
    ]);
    const compiled = imageOf(stages, program);
    assert.deepEqual(compiled.entrypoint, [`/usr/local/bin/asya-${program}`]);
  }
  for (const program of programs) {
    for (const flag of imageFlags(await readPermissions(program))) {
      assert.match(flag, /^--(no-prompt|ignore-env|v8-flags=|allow-(env|net|read|write|run|sys))/);
      // Any host may be in the settings; files lie where an image has them.
      if (!/^--allow-(net$|read=\/$)/.test(flag)) assert(!/^--allow-\w+$/.test(flag), flag);
      const writes = /^--allow-write=(.*)$/.exec(flag)?.[1]?.split(",") ?? [];
      assert.deepEqual(writes.filter((path) => /^\/(opt|usr|etc|bin|lib)?$/.test(path)), []);
    }
  }
});

Deno.test("[Y1] [Y2] [Y3] [Y5] [Y6] what is built runs as it is in its image", async (t) => {
  await using folder = await makeTempFolder();
  // Others than we are look into it.
  await Deno.chmod(folder.path, 0o755);
  const dist = folder.at("dist");
  await buildAll(dist);
  const again = buildAll(folder.at("again"));
  const ignore = !await canContain();
  if (ignore) console.warn("no containers: they take the rights of root on Linux, to be without");
  await t.step("[Y5] permissions and handlers are in executables", () => lookInto(dist));
  await t.step({
    name: "[Y2] a container may write to its volumes and to /tmp, and is nobody",
    ignore,
    fn: () => tryToWrite(folder, dist),
  });
  await t.step({
    name: "[Y1] [Y2] a job goes through containers, which use what they may",
    ignore,
    fn: () => carryOne(folder, dist),
  });
  await t.step({ name: "[Y2] operators work in theirs", ignore, fn: () => operate(folder, dist) });
  await t.step("[Y3] the same checkout becomes the same bytes", async () => {
    await again;
    assert.deepEqual(await hashFiles(folder.at("again")), await hashFiles(dist));
  });
  await t.step("[Y6] without a download, bundles stand", () => refuseDownload(folder));
});

/** Builds everything, with executables that nobody can run. */
async function buildAll(dist: string): Promise<void> {
  const flags = ["--handler-permissions=--allow-net=api.example.com --allow-env=GREETING"];
  for (const task of [["build", dist], ["compile", dist, ...flags]]) {
    const { code, err } = await runTask(task, { DENORT_BIN: BASE });
    assert.equal(code, 0, err);
  }
}

/** Every file below a folder, by its path in it, with what is in it. */
async function hashFiles(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      for (const [below, hash] of Object.entries(await hashFiles(path))) {
        hashes[`${name}/${below}`] = hash;
      }
    } else {
      const bytes = await Deno.readFile(path);
      hashes[name] = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    }
  }
  return hashes;
}

async function lookInto(dist: string): Promise<void> {
  const contents = async (name: string) =>
    readExecutable(await Deno.readFile(`${dist}/compiled/asya-${name}`));
  for (const program of programs) {
    const { flags, files, main, exportsTraces } = await contents(program);
    assert.equal(main, "main.js");
    assert.equal(exportsTraces, false);
    const isHost = program === "runtime" || program === "actors";
    const bundle = await Deno.readFile(`${dist}/${isHost ? "runtime" : program}/main.js`);
    assert.deepEqual(files.get("main.js"), bundle, program);
    const own = isHost ? [`--allow-run=/usr/local/bin/asya-${program}`] : [];
    const expected = program === "runtime"
      ? [
        ...["--no-prompt", "--ignore-env", "--allow-env=ASYA_*,GREETING"],
        "--allow-net=unix:/tmp/sockets/app.sock,api.example.com",
        "--allow-read=/tmp/sockets",
        flags.find((flag) => flag.startsWith("--allow-write=/tmp/sockets/app.sock")),
      ]
      : imageFlags(await readPermissions(program));
    assert.deepEqual(flags.toSorted(), [...expected, ...own].toSorted(), program);
  }
  const names = async (name: string) => [...(await contents(name)).files.keys()].sort();
  assert.deepEqual(await names("runtime"), ["handler.js", "main.js"]);
  const handlers = ["error_end.js", "happy_end.js", "join.js"];
  assert.deepEqual(await names("actors"), [...handlers, "main.js"]);
  assert.deepEqual(await names("gateway"), ["main.js"]);
}

async function refuseDownload(folder: TempFolder): Promise<void> {
  // There is no such file, whatever this machine's network reaches.
  const nowhere = { DENORT_BIN: folder.at("nowhere") };
  const dist = folder.at("again");
  const without = await runTask(["compile", dist, "--if-possible"], nowhere);
  assert.equal(without.code, 0, without.err);
  assert.match(without.out, /No executables: what Deno makes them of is downloaded, and could not/);
  const asked = await runTask(["compile", dist], nowhere);
  assert.deepEqual([asked.code, asked.out], [1, ""]);
  assert.match(asked.err, /compile: asya-gateway could not be made \(above: why\)/);
  const wrong = await runTask(["compile", dist, "--if-possible", "--handler-permissions=-A"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /the argument "-A" is not allowed; allowed: permissions of the handler/);
}

/** What a program that was broken into could do, whatever Deno allows. */
const BREAK_OUT = `
const canWrite = (path) => { try { Deno.writeTextFileSync(path, ""); return true; } catch { return false; } };
const paths = ["/x", "/opt/asya/runtime/main.js", "/usr/local/bin/deno", "/etc/x", "/dev/x", "/tmp/x", "/app/x"];
console.log(JSON.stringify({
  writes: paths.filter(canWrite),
  owner: [Deno.uid(), Deno.gid()],
  cwd: Deno.cwd(),
  programs: ["/bin", "/sbin", "/usr/bin", "/usr/sbin"].filter((path) => {
    try { return [...Deno.readDirSync(path)].length > 0; } catch { return false; }
  }),
}));`;

async function tryToWrite(folder: TempFolder, dist: string): Promise<void> {
  const app = await makeVolume(folder, "app-of-its-own");
  await using container = await startContainer({
    name: "broken",
    image: { ...imageOf(stages, "runtime-deno"), entrypoint: ["deno", "eval", BREAK_OUT] },
    ...{ dist, folder, env: {}, volumes: { "/app": app } },
  });
  assert.equal((await container.ended()).code, 0, container.output);
  assert.deepEqual(JSON.parse(container.output), {
    writes: ["/tmp/x", "/app/x"],
    owner: [USER, USER],
    cwd: "/app",
    programs: [],
  });
}

const TOOLS = `tools:
  - name: greet
    description: Greets somebody twice
    parameters: { name: { type: string, required: true, description: Whom } }
    route: [loaded, compiled]
`;

/** Loaded at its start, with what its own image may read. */
const HANDLER = `
import { type HandlerMessage } from "@asya/runtime";
import { loud } from "./loud.ts";
export const shout = ({ payload }: HandlerMessage<{ name: string }>) =>
  ({ name: loud(payload.name) });
`;

/**
 * A whole mesh: gateway, two sidecars of each kind, a handler that is loaded and one that is
 * compiled in, and the compiled actor where routes end.
 */
async function carryOne(folder: TempFolder, dist: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const gateway = `127.0.0.1:${freePort()}`;
  const data = await makeVolume(folder, "data");
  const config = await makeVolume(folder, "config");
  const app = await makeVolume(folder, "app");
  await folder.write("config/tools.yaml", TOOLS);
  await folder.write("app/shout.ts", HANDLER);
  await folder.write("app/loud.ts", "export const loud = (word: string) => word.toUpperCase();");
  const queues = { ASYA_TRANSPORT: "sqlite", ASYA_SQLITE_PATH: "/var/lib/asya/queues.db" };
  const toGateway = { ASYA_GATEWAY_URL: `http://${gateway}` };
  const audits = await makeVolume(folder, "audits");
  const start = async (
    name: string,
    image: Image,
    env: Readonly<Record<string, string>>,
    volumes: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ) =>
    stack.use(
      await startContainer({
        ...{ name, image, dist, folder, args },
        env: { ...env, DENO_AUDIT_PERMISSIONS: `/var/audits/${name}.jsonl` },
        volumes: { ...volumes, "/var/audits": audits },
      }),
    );
  const processes: RunningProcess[] = [
    await start("gateway", imageOf(stages, "gateway-deno"), {
      ...queues,
      ASYA_GATEWAY_HOST: "127.0.0.1",
      ASYA_GATEWAY_PORT: gateway.split(":")[1] ?? "",
      ASYA_DATABASE_URL: "sqlite:/var/lib/asya/jobs.db",
      ASYA_CONFIG_PATH: "/etc/asya/tools.yaml",
    }, { "/var/lib/asya": data, "/etc/asya": config }),
  ];
  const addActor = async (
    name: string,
    [sidecar, host]: readonly [Image, Image],
    env: { readonly sidecar?: Record<string, string>; readonly host: Record<string, string> },
    volumes: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
  ) => {
    const sockets = { "/tmp/sockets": await makeVolume(folder, `sockets-${name}`) };
    const hosting = await start(`${name}-host`, host, env.host, { ...sockets, ...volumes }, args);
    const metrics = `127.0.0.1:${freePort()}`;
    const own = { ASYA_QUEUE_NAME: name, ASYA_METRICS_ADDR: metrics, ...env.sidecar };
    const carrying = await start(`${name}-sidecar`, sidecar, { ...queues, ...toGateway, ...own }, {
      ...sockets,
      "/var/lib/asya": data,
    });
    processes.push(carrying, hosting);
    return metrics;
  };
  const image = (name: string) => imageOf(stages, name);
  const metrics = [
    await addActor(
      "loaded",
      [image("sidecar-deno"), image("runtime-deno")],
      { host: { ASYA_HANDLER: "./shout.ts#shout" } },
      { "/app": app },
    ),
    await addActor("compiled", [image("sidecar"), image("runtime")], { host: {} }),
    await addActor("happy-end", [image("sidecar"), image("actors")], {
      sidecar: { ASYA_IS_TERMINAL: "true" },
      host: {
        ...toGateway,
        ASYA_HANDLER: "./happy_end.js#HappyEnd.handle",
        ASYA_IS_TERMINAL: "true",
        ASYA_RESULTS_DIR: "/var/lib/asya/results",
      },
    }, { "/var/lib/asya": data }),
  ];
  for (const address of [gateway, ...metrics]) {
    await poll(`${address} to be ready`, () => answers(`http://${address}/readyz`), {
      timeoutMs: 30_000,
    });
  }
  const client = new GatewayClient(`http://${gateway}`);
  const id = await client.call("greet", { name: "Ada" });
  const updates = await client.updates(id, AbortSignal.timeout(20_000));
  const outputs = () => processes.map(({ output }) => output).join("\n");
  assert.equal(updates.at(-1)?.status, "Succeeded", outputs());
  assert.deepEqual((await client.job(id)).result, { greeting: "Hello, ADA!" });
  for (const process of processes) {
    assert.deepEqual(usersOf(process.pid), [USER], process.name);
    assert.equal((await process.stop()).code, 0, process.output);
  }
  for (const [name, target] of [["gateway", "gateway"], ["loaded-sidecar", "sidecar"]] as const) {
    const uses = parseUses((await Deno.readTextFile(`${audits}/${name}.jsonl`)).split("\n"));
    const used = new Set(uses.map(({ kind }) => kind));
    const grants = parseGrants(image(`${target}-deno`).entrypoint);
    // Variables that are not granted look unset, to libraries that ask for theirs.
    assert.deepEqual(ungranted(uses, grants).filter(({ kind }) => kind !== "env"), [], name);
    assert.deepEqual(grants.filter(({ kind }) => !used.has(kind)), [], `${name} has no use for it`);
  }
  const refused = await start("refused", image("runtime"), {}, {
    "/tmp/sockets": await makeVolume(folder, "sockets-refused"),
  }, ["--allow-net"]);
  assert.equal((await refused.ended()).code, 2);
  assert.match(
    refused.output,
    /"--allow-net" comes too late; allowed: none, since the permissions/,
  );
}

async function operate(folder: TempFolder, dist: string): Promise<void> {
  await using kube = await startKube({ crds: [actorCrd as unknown as NewObject] });
  const config = await makeVolume(folder, "kube");
  await Deno.copyFile(kube.kubeconfig, `${config}/kubeconfig`);
  await Deno.chmod(`${config}/kubeconfig`, 0o444);
  for (const target of ["operator-deno", "operator"]) {
    const address = `127.0.0.1:${freePort()}`;
    await using operator = await startContainer({
      name: target,
      image: imageOf(stages, target),
      ...{ dist, folder },
      env: { KUBECONFIG: "/etc/asya/kubeconfig", ASYA_OPERATOR_ADDR: address },
      volumes: { "/etc/asya": config },
    });
    await operator.waitForLine("this replica works", 20_000);
    assert(await answers(`http://${address}/readyz`), target);
    assert.deepEqual(usersOf(operator.pid), [USER], target);
    assert.equal((await operator.stop()).code, 0, operator.output);
  }
}

async function makeVolume(folder: TempFolder, name: string): Promise<string> {
  const path = folder.at(name);
  await Deno.mkdir(path, { recursive: true });
  await Deno.chown(path, USER, USER);
  return path;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    // Nobody listens yet.
    if (error instanceof TypeError) return false;
    throw error;
  }
}
