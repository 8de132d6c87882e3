/**
 * Our programs on RabbitMQ, with their own permissions, beside clients that know nothing of us.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, type Json, TERMINAL_QUEUES } from "@asya/protocol";
import { openRabbitmq } from "@asya/transport";
import {
  bodyOf,
  findRabbitmq,
  freePort,
  GatewayClient,
  type HostAct,
  makeTempFolder,
  messageOf,
  poll,
  Queues,
  receivedRoute,
  type RunningProcess,
  ScriptedHost,
  startProgram,
  type TestVhost,
} from "../kit/mod.ts";

const rabbitmq = await findRabbitmq();

const echo = (request: Json): HostAct => ({
  answer: [{
    payload: isJsonObject(request) ? request.payload ?? null : null,
    route: receivedRoute(request),
  }],
});

/** A sidecar on the queue "step" of a vhost, in front of a host that echoes. */
interface Step extends AsyncDisposable {
  readonly vhost: TestVhost;
  readonly queues: Queues;
  readonly sidecar: RunningProcess;
}

async function startStep(): Promise<Step> {
  await using stack = new AsyncDisposableStack();
  const vhost = stack.use(await rabbitmq.createVhost());
  const folder = stack.use(await makeTempFolder());
  const socketPath = folder.at("app.sock");
  stack.use(new ScriptedHost(socketPath, { act: echo }));
  const sidecar = stack.use(
    await startProgram("sidecar", {
      env: {
        ASYA_RABBITMQ_URL: vhost.url,
        ASYA_SQLITE_PATH: folder.at("unused.db"),
        ASYA_QUEUE_NAME: "step",
        ASYA_SOCKET_PATH: socketPath,
        ASYA_METRICS_ADDR: `127.0.0.1:${freePort()}`,
      },
    }),
  );
  const queues = stack.use(new Queues(openRabbitmq({ address: { url: vhost.url } })));
  await queues.declare(["next"]);
  await sidecar.waitForLine("messages are taken");
  const owned = stack.move();
  return { vhost, queues, sidecar, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Publishes as a client does that knows nothing of us: no identity, no headers, no confirm. */
async function publishPlainly({ vhost }: Step, queue: string, body: Json): Promise<boolean> {
  const { routed } = await vhost.admin.post<{ routed: boolean }>(
    `exchanges/${vhost.name}/asya/publish`,
    {
      routing_key: queue,
      payload: JSON.stringify(body),
      payload_encoding: "string",
      properties: {},
    },
  );
  return routed;
}

Deno.test({
  name: "[D1] sidecar on RabbitMQ: what any client publishes is carried on, also after a cut",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using step = await startStep();
    assert.equal(await publishPlainly(step, "step", messageOf("one")), true);
    assert.equal(bodyOf(await step.queues.takeOne("next")).payload, "one");
    const exists = await step.vhost.admin.queues(step.vhost.name);
    const own = ["next", "step", ...Object.values(TERMINAL_QUEUES)].sort();
    assert.deepEqual(exists.map(({ name }) => name).sort(), own);

    await step.vhost.admin.closeConnections(step.vhost.name);
    await step.sidecar.waitForLine("the connection to the broker is lost");
    await poll("a connection", () => publishPlainly(step, "step", messageOf("two")));
    assert.equal(bodyOf(await step.queues.takeOne("next", 20_000)).payload, "two");
    const { code } = await step.sidecar.stop();
    assert.equal(code, 0);
    await poll("queues that hold nothing", async () => {
      const queues = await step.vhost.admin.queues(step.vhost.name);
      return queues.every(({ ready, unacked }) => ready + unacked === 0);
    });
  },
});

Deno.test({
  name: "[G2] gateway on RabbitMQ: a job goes to its first queue, through the step, to its end",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using step = await startStep();
    await using folder = await makeTempFolder();
    const port = freePort();
    await using gateway = await startProgram("gateway", {
      cwd: folder.path,
      env: {
        ASYA_RABBITMQ_URL: step.vhost.url,
        ASYA_SQLITE_PATH: folder.at("unused.db"),
        ASYA_GATEWAY_PORT: String(port),
        ASYA_CONFIG_PATH: await folder.write("tools.yaml", "tools: [{ name: t, route: [step] }]"),
      },
    });
    await gateway.waitForLine("the broker is connected");
    const id = await new GatewayClient(`http://127.0.0.1:${port}`).call("t", {});
    const finished = bodyOf(await step.queues.takeOne(TERMINAL_QUEUES.happyEnd));
    assert.deepEqual([finished.job_id, finished.payload], [id, {}]);
    assert.equal((await gateway.stop()).code, 0);
  },
});
