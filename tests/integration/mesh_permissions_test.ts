/**
 * Every program of a mesh at work, with an audit of its permissions: what is used was given, and
 * what was given is used, or stands here with a reason.
 *
 * @module
 */
import assert from "node:assert/strict";
import { listFiles } from "../../tools/list_files.ts";
import {
  childrenOf,
  commandOf,
  exchange,
  findRabbitmq,
  GatewayClient,
  parseGrants,
  parseUses,
  pathOf,
  type PermissionGrant,
  type PermissionUse,
  platformEnv,
  poll,
  RunningProcess,
  TestMesh,
  ungranted,
  unused,
  waitForSocket,
} from "../kit/mod.ts";

const MESH = `
name: audited
actors:
  - { name: step, handler: ./odd.ts#act }
  - { name: split, handler: ./split.ts#split }
  - { name: join, join: true }
tools:
  - name: act
    parameters: { do: { type: string }, branches: { type: integer } }
    route: [step, split, join]
`;

/** Uses that no flag grants, since `--ignore-env` makes them harmless: they look unset. */
const IGNORED: Readonly<Record<string, string>> = {
  LOG_TOKENS: "the YAML parser's switch for debugging",
  LOG_STREAM: "the YAML parser's switch for debugging",
};

const rabbitmq = await findRabbitmq();

const TERMINAL: [string, string] = [
  "net the gateway",
  "a terminal sidecar reports no progress; the flag follows ASYA_GATEWAY_URL",
];

/** The file of the embedded queue is granted by its name, which has a default, wherever queues are. */
const NO_QUEUE_FILE = ["read …/queues.db", "read …/queues.db-bells"]
  .flatMap((grant) => [grant, grant.replace("read", "write")])
  .map((grant): [string, string] => [grant, "its setting has a default, and RabbitMQ no file"]);

/**
 * Grants that this run does not use, or that are wider than any use, by program; `…` stands for the
 * path before it.
 */
const WITH_REASON: Readonly<Record<string, readonly [grant: string, reason: string][]>> = {
  gateway: [
    ["read …/queues.db-bells", "only who takes messages listens to the bells; one list serves all"],
  ],
  supervisor: [
    ["read /", "configuration is looked for in every folder above the handler, wherever that is"],
    ["write …/step.sock.imports", "only for a handler that belongs to another project"],
    ["write …/step.sock.lock", "only where the runtime comes from a registry"],
    ["run deno", "Deno's audit does not speak of run"],
    ["run cat", "Deno's audit does not speak of run"],
  ],
  "terminal sidecar": [TERMINAL],
  "gateway on RabbitMQ": NO_QUEUE_FILE,
  "sidecar on RabbitMQ": NO_QUEUE_FILE,
  "terminal sidecar on RabbitMQ": [TERMINAL, ...NO_QUEUE_FILE],
};

Deno.test("[M4] [C8] programs use what they were given, and are given what they use", async (t) => {
  const audits = await Deno.makeTempDir();
  const auditOf = (name: string) => `${audits}/${name}.jsonl`;
  const audited = ["gateway", "step.sidecar", "happy-end.sidecar", "error-end.sidecar"];
  await using mesh = await TestMesh.start({
    yaml: MESH,
    handlersIn: "tests/integration/handlers",
    env: Object.fromEntries(
      audited.map((name) => [name, { DENO_AUDIT_PERMISSIONS: auditOf(name) }]),
    ),
  });
  await work(mesh);
  const hosts = ["step", "join", "happy-end", "error-end"].map((unit) => `${unit}.runtime`);
  const commands = new Map(hosts.map((name) => [name, hostCommandOf(mesh, name)]));
  const socket = mesh.process("step.runtime").plan.socket!;
  await mesh.stop();

  for (const name of audited) {
    await t.step(name, async () => {
      const { args, env } = mesh.process(name).plan;
      const uses = parseUses((await Deno.readTextFile(auditOf(name))).split("\n"));
      assertFits(kindOf(name, env), uses, parseGrants(args), mesh);
    });
  }
  await t.step("the process that runs a handler", async () => {
    const command = commands.get("step.runtime")!;
    const uses = await auditHost(mesh, socket, command, auditOf("host"));
    assertFits("host", uses, parseGrants(command), mesh);
  });
  await t.step("the process that looks after it", async () => {
    const { plan } = mesh.process("step.runtime");
    const uses = await auditSupervisor(mesh, plan.args, plan.env, socket);
    // Both processes write into one audit; what only one of them may do, only that one did.
    const grants = [...parseGrants(plan.args), ...parseGrants(commands.get("step.runtime")!)];
    assert.deepEqual(ungranted(uses, grants), []);
    assertFits(
      "supervisor",
      uses.filter((use) => isOf(use, plan.args)),
      parseGrants(plan.args),
      mesh,
    );
  });
  await t.step("handlers are given what their actors say, and no more", () => {
    for (const [name, command] of commands) {
      const { socket, args } = mesh.process(name).plan;
      const given = args.slice(args.findIndex((arg) => arg.endsWith("/main.ts")) + 1);
      const own = parseGrants(command).filter(({ value }) => !value?.includes(socket!));
      assert.deepEqual(own, parseGrants([...given, "handler.ts"]), name);
    }
  });
  await Deno.remove(audits, { recursive: true });
});

function kindOf(name: string, env: Readonly<Record<string, string>>): string {
  if (name === "gateway") return name;
  return env.ASYA_IS_TERMINAL ? "terminal sidecar" : "sidecar";
}

/** Every path that a program takes at work: success, failure, fan-out, join, retry. */
async function work(mesh: TestMesh): Promise<void> {
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const ids = [
    await gateway.call("act", { do: "echo", branches: 3 }),
    await gateway.call("act", { do: "throw a TypeError" }),
  ];
  for (const id of ids) {
    await poll(`the end of job ${id}`, async () => {
      const { status } = await gateway.job(id);
      return /Succeeded|Failed/.test(status);
    });
    await gateway.updates(id);
  }
  await mesh.queues.take("dead-letter-queue");
}

/** The command line of the process that runs a handler: its Deno arguments. */
function hostCommandOf(mesh: TestMesh, name: string): string[] {
  const [child] = childrenOf(mesh.process(name).now.pid);
  assert.ok(child !== undefined);
  return commandOf(child).slice(1);
}

/** Runs a handler's process alone, so that its audit is its own. */
async function auditHost(
  mesh: TestMesh,
  socket: string,
  command: readonly string[],
  auditPath: string,
): Promise<PermissionUse[]> {
  const { env, cwd } = mesh.process("step.runtime").plan;
  await using host = new RunningProcess({
    name: "host",
    command: Deno.execPath(),
    args: command,
    env: { ...env, DENO_AUDIT_PERMISSIONS: auditPath },
    cwd,
    keepInputOpen: true,
  });
  await waitForSocket(host, socket);
  await call(socket);
  await host.stop();
  return parseUses((await Deno.readTextFile(auditPath)).split("\n"));
}

/**
 * Runs a whole runtime with an audit into a pipe, since its two processes would overwrite each
 * other in a file.
 */
async function auditSupervisor(
  mesh: TestMesh,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  socket: string,
): Promise<PermissionUse[]> {
  const pipe = mesh.folder.at("audit.pipe");
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  await using reader = new RunningProcess({
    name: "cat",
    command: "cat",
    args: [pipe],
    env: platformEnv(),
  });
  {
    await using runtime = new RunningProcess({
      name: "runtime",
      command: Deno.execPath(),
      args,
      env: { ...env, DENO_AUDIT_PERMISSIONS: pipe },
      cwd: mesh.process("step.runtime").plan.cwd,
    });
    await waitForSocket(runtime, socket);
    await call(socket);
    await runtime.stop();
  }
  await reader.ended();
  return parseUses(reader.lines.map(({ text }) => text), mesh.process("step.runtime").plan.cwd);
}

async function call(socket: string): Promise<void> {
  const message = { job_id: "j1", route: { steps: ["step"], current: 0 }, payload: { a: 1 } };
  const end = await exchange(socket, JSON.stringify(message));
  assert.equal(end.kind, "reply");
}

/** Whether a use is allowed by the flags among some arguments. */
function isOf(use: PermissionUse, args: readonly string[]): boolean {
  return ungranted([use], parseGrants(args)).length === 0;
}

function assertFits(
  program: string,
  uses: readonly PermissionUse[],
  grants: readonly PermissionGrant[],
  mesh: TestMesh,
): void {
  const notGranted = ungranted(uses, grants)
    .filter(({ kind, value }) => !(kind === "env" && value !== undefined && value in IGNORED));
  assert.deepEqual(notGranted, [], `${program} used what it was not given`);
  const reasons = new Map(WITH_REASON[program] ?? []);
  const wide = grants.filter(({ value }) => value === undefined || value === "/");
  const idle = [...unused(uses, grants), ...wide].map(({ kind, value }) => {
    const isGateway = value !== undefined && mesh.gatewayUrl.endsWith(value);
    const shown = isGateway ? "the gateway" : value?.replace(/^\/.*\/(?=.)/, "…/");
    return `${kind} ${shown ?? "everything"}`;
  });
  assert.deepEqual(
    idle.filter((grant) => !reasons.has(grant)),
    [],
    `${program} was given too much`,
  );
  assert.deepEqual(
    [...reasons.keys()].filter((grant) => !idle.includes(grant)),
    [],
    `a reason of ${program} is no longer needed`,
  );
}

Deno.test({
  name: "[M4] [C8] on RabbitMQ too; and its address is nobody's but its clients'",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    const audits = await Deno.makeTempDir();
    const audited = ["gateway", "step.sidecar", "happy-end.sidecar", "error-end.sidecar"];
    await using mesh = await TestMesh.start({
      yaml: MESH,
      handlersIn: "tests/integration/handlers",
      vhost,
      env: Object.fromEntries(
        audited.map((name) => [name, { DENO_AUDIT_PERMISSIONS: `${audits}/${name}.jsonl` }]),
      ),
    });
    await work(mesh);
    await mesh.stop();
    for (const name of audited) {
      const { args, env } = mesh.process(name).plan;
      const uses = parseUses((await Deno.readTextFile(`${audits}/${name}.jsonl`)).split("\n"));
      assertFits(`${kindOf(name, env)} on RabbitMQ`, uses, parseGrants(args), mesh);
    }
    for (const { plan } of mesh.processes.values()) {
      assert.doesNotMatch(plan.args.join(" "), /amqp/, "a password would be seen by everybody");
      const isClient = plan.program !== "runtime";
      assert.equal(JSON.stringify(plan.env).includes(vhost.name), isClient, plan.name);
    }
    await Deno.remove(audits, { recursive: true });
  },
});

Deno.test("[C8] no program is ever given everything", async () => {
  const root = new URL("../../", import.meta.url);
  /** Files that may speak of it: they are for people, refuse it, or are tools for building. */
  const spared = /^(tools|docs)\/|\.md$|^tests\/integration\/mesh_permissions_test\.ts$/;
  const everything = /(^|[\s"'`=\[,])(-A|--allow-all)(?=$|[\s"'`,\]])/m;
  const found: string[] = [];
  for (const path of await listFiles(root)) {
    if (spared.test(path) || /\.(png|jpg|gz)$/.test(path)) continue;
    if (everything.test(await Deno.readTextFile(pathOf(path)))) found.push(path);
  }
  const refuse =
    /^runtime\/((child|handler)_flags\.ts|\w+_test\.ts)$|^tests\/integration\/images\/executables\.ts$/;
  assert.deepEqual(found.filter((path) => !refuse.test(path)), []);
});
