/**
 * The examples on RabbitMQ, as the `asya` command runs them, and what its user must never see.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, parseJson } from "@asya/protocol";
import { listFiles } from "../../tools/list_files.ts";
import {
  childrenOf,
  commandOf,
  findRabbitmq,
  GatewayClient,
  isRunning,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
  TcpProxy,
  type TempFolder,
  type TestVhost,
  waitForNoProcess,
} from "../kit/mod.ts";

const rabbitmq = await findRabbitmq();
const ignore = rabbitmq.isMissing;

/** A password with all that is special in URLs, shells, JSON and regular expressions. */
const PASSWORD = `s3/cr@t:"wörd"%41$(x)+&?#`;

/** What of it shall be seen nowhere, however the rest is written there. */
const TRACES = [PASSWORD, encodeURIComponent(PASSWORD), "wörd", "w%C3%B6rd", "cr@t", "cr%40t"];

const USER = "ada";

/** What the command says of a broker that is away. */
const AWAY = "RabbitMQ cannot be used; it is tried again until it can";

/** What a user needs for a mesh; docs/rabbitmq.md says the same. */
const NAMES = "^(asya(\\.delay\\..*)?|hello|happy-end|error-end|dead-letter-queue)$";

/** A vhost with a user who may do there what a mesh does, and nothing else. */
async function admit({ name, admin }: TestVhost): Promise<AsyncDisposable & { name: string }> {
  const user = `${USER}-${crypto.randomUUID()}`;
  await admin.put(`users/${user}`, { password: PASSWORD, tags: "" });
  await admin.put(`permissions/${name}/${user}`, { configure: NAMES, write: NAMES, read: NAMES });
  return { name: user, [Symbol.asyncDispose]: () => admin.delete(`users/${user}`) };
}

function urlFor(vhost: TestVhost, user: string, port?: number): string {
  const url = new URL(vhost.url);
  url.username = user;
  url.password = encodeURIComponent(PASSWORD);
  if (port !== undefined) url.host = `127.0.0.1:${port}`;
  return url.href;
}

/** A copy of the smallest example, whose state goes with the test. */
async function copyHello(): Promise<TempFolder> {
  const folder = await makeTempFolder();
  for (const file of ["hello.ts", "mesh.yaml"]) {
    await folder.write(file, await Deno.readTextFile(pathOf(`examples/hello/${file}`)));
  }
  return folder;
}

/** A copy of the large example, as a project of its own. */
async function copyDocuments(folder: string): Promise<void> {
  const example = pathOf("examples/documents");
  for (const path of await listFiles(new URL(`file://${example}/`))) {
    if (path.endsWith("_test.ts")) continue;
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${example}/${path}`, `${folder}/${path}`);
  }
  const { imports } = JSON.parse(await Deno.readTextFile(pathOf("deno.json")));
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
  // With it no registry is asked for what is installed already.
  await Deno.copyFile(pathOf("deno.lock"), `${folder}/deno.lock`);
}

function startAsya(args: readonly string[], env: Record<string, string> = {}): RunningProcess {
  return new RunningProcess({
    name: "asya",
    command: pathOf("scripts/asya"),
    args,
    env: { ...platformEnv(), ...env },
  });
}

/** Calls the example's tool, and gives its result. */
async function greet(gateway: GatewayClient): Promise<unknown> {
  const id = await gateway.call("say_hello", { name: "Ada" });
  const job = await poll("the job's end", async () => {
    const job = await gateway.job(id);
    return job.status === "Succeeded" && job;
  }, { timeoutMs: 30_000 });
  return job.result;
}

/** Every process below one, and its own below those. */
function familyOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...familyOf(child)]);
}

function assertNoTrace(what: string, text: string): void {
  const seen = TRACES.find((trace) => text.includes(trace));
  assert.equal(seen, undefined, `${what} shows a part of the password: ${text}`);
}

/** Every file below a folder, as one text. */
async function readAll(folder: string): Promise<string> {
  let text = "";
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) text += await readAll(path);
    if (isFile) text += new TextDecoder("latin1").decode(await Deno.readFile(path));
  }
  return text;
}

Deno.test({
  name: "[M7] [M2] [C2] a mesh waits for RabbitMQ, works there, shows no password, leaves nothing",
  ignore,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using user = await admit(vhost);
    await using folder = await copyHello();
    await using proxy = new TcpProxy(Number(new URL(vhost.url).port || 5672));
    proxy.takeDown();
    const url = urlFor(vhost, user.name, proxy.port);
    await using asya = startAsya(["up", folder.at("mesh.yaml"), "--json", "--transport", url], {
      ASYA_LOG_LEVEL: "DEBUG",
      ASYA_RABBITMQ_QUEUE_TYPE: "quorum",
    });
    const waiting = await asya.waitForLine(AWAY);
    assert.match(String(waiting.fields.reason), /^amqp:\/\/ada-\S+@127\.0\.0\.1:\d+\/\S+: /);
    const before = await poll("the guard, alone", () => familyOf(asya.pid));
    proxy.restore();
    await asya.waitForLine("RabbitMQ answers");
    const up = await asya.waitForLine("mesh is up", 30_000);
    const gateway = new GatewayClient(String(up.fields.url));
    assert.deepEqual(await greet(gateway), { greeting: "Hello, Ada!" });
    const count = () => asya.lines.filter(({ message }) => message === AWAY).length;
    const countBefore = count();
    proxy.takeDown();
    await poll("the loss of RabbitMQ to be told", () => count() > countBefore);
    const greeting = greet(gateway);
    proxy.restore();
    assert.deepEqual(await greeting, { greeting: "Hello, Ada!" });
    const queues = await vhost.admin.queues(vhost.name);
    const hello = queues.find(({ name }) => name === "hello");
    assert.equal(hello?.arguments["x-queue-type"], "quorum", "the caller's setting is heard");

    const family = familyOf(asya.pid).filter((pid) => !before.includes(pid));
    assert(family.length >= 7, "a gateway, three sidecars, three runtimes");
    for (const pid of family) assertNoTrace("a command line", commandOf(pid).join(" "));
    asya.signal("SIGINT");
    assert.equal((await asya.ended()).code, 0, asya.output);
    await waitForNoProcess(family);
    assert.deepEqual(family.filter(isRunning), []);
    assertNoTrace("the log", asya.output);
    assertNoTrace("a file", await readAll(folder.at(".asya")));
  },
});

Deno.test({
  name: "[M7] [C2] a demo finds RabbitMQ where the environment says, with files and parts",
  ignore,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using user = await admit(vhost);
    await using folder = await copyHello();
    const { hostname, port } = new URL(vhost.url);
    await using asya = startAsya(["demo", folder.at("mesh.yaml"), "--transport", "rabbitmq"], {
      ASYA_RABBITMQ_HOST: hostname,
      ASYA_RABBITMQ_PORT: port || "5672",
      ASYA_RABBITMQ_USERNAME: user.name,
      ASYA_RABBITMQ_PASSWORD: PASSWORD,
      ASYA_RABBITMQ_VHOST: vhost.name,
    });
    assert.equal((await asya.ended()).code, 0, asya.output);
    const out = asya.lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text);
    assert.deepEqual(JSON.parse(out.join("\n")), { greeting: "Hello, Ada!" });
    assertNoTrace("the screen", asya.output);
  },
});

Deno.test({
  name: "[C2] [M7] a password that is wrong is said to be, and not shown",
  ignore,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using folder = await copyHello();
    const url = urlFor(vhost, "nobody");
    await using asya = startAsya(["up", folder.at("mesh.yaml"), "--transport", url]);
    const { text } = await asya.waitForLine(({ text }) => text.startsWith("waiting for RabbitMQ:"));
    assert.match(text, /403|ACCESS.REFUSED/i);
    asya.signal("SIGINT");
    assert.equal((await asya.ended()).code, 130, asya.output);
    assertNoTrace("the screen", asya.output);
  },
});

Deno.test({
  name: "[M6] [M7] a real document is read on RabbitMQ as it is on a file",
  ignore,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using folder = await makeTempFolder();
    await copyDocuments(folder.path);
    const args = ["demo", folder.at("mesh.yaml"), "--json", "--transport", vhost.url];
    await using asya = startAsya(args);
    assert.equal((await asya.ended(60_000)).code, 0, asya.output);
    const [line] = asya.lines.filter(({ stream }) => stream === "stdout");
    const job = parseJson(line?.text ?? "");
    assert(job.ok && isJsonObject(job.value) && isJsonObject(job.value.result));
    assert.equal(job.value.result.kind, "invoice");
    assert.equal(job.value.result.total, 1498.81);
  },
});
