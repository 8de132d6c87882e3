/**
 * The sidecar as a process, beside a real runtime.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, type JsonObject, TERMINAL_QUEUES } from "@asya/protocol";
import {
  bodyOf,
  freePort,
  makeTempFolder,
  messageOf,
  poll,
  Queues,
  type RunningProcess,
  startProgram,
  startRuntime,
} from "../tests/kit/mod.ts";

const ODD = "tests/integration/handlers/odd.ts";

/** A runtime and a sidecar as processes of their own, with queues around them. */
interface Pair extends AsyncDisposable {
  readonly queues: Queues;
  readonly sidecar: RunningProcess;
  readonly runtime: RunningProcess;
  /** Where the sidecar serves its metrics and health. */
  readonly operations: string;
}

async function startPair(
  handler: string,
  env: { sidecar?: Record<string, string>; runtime?: Record<string, string> } = {},
): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder());
  const queues = stack.use(
    await Queues.open(folder.at("queues.db"), ["step", "next", ...Object.values(TERMINAL_QUEUES)]),
  );
  const socketPath = folder.at("app.sock");
  const address = `127.0.0.1:${freePort()}`;
  const sidecar = stack.use(
    await startProgram("sidecar", {
      env: {
        ASYA_QUEUE_NAME: "step",
        ASYA_SOCKET_PATH: socketPath,
        ASYA_SQLITE_PATH: folder.at("queues.db"),
        ASYA_METRICS_ADDR: address,
        ASYA_RABBITMQ_PREFETCH: "10",
        ...env.sidecar,
      },
    }),
  );
  const runtime = stack.use(
    await startRuntime({ handler, socketPath, env: { ASYA_CONCURRENCY: "10", ...env.runtime } }),
  );
  await sidecar.waitForLine("messages are taken");
  const owned = stack.move();
  return {
    queues,
    sidecar,
    runtime,
    operations: `http://${address}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function failureOf(pair: Pair): Promise<JsonObject> {
  return bodyOf(await pair.queues.takeOne("error-end", 30_000));
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

Deno.test("[C1] bad settings end the process with code 2 and every problem", async () => {
  await using sidecar = await startProgram("sidecar", {
    env: { ASYA_MAX_DELIVERIES: "none", ASYA_SQLITE_PATH: "/tmp/queues.db" },
  });
  assert.equal((await sidecar.ended()).code, 2);
  for (const name of ["ASYA_QUEUE_NAME", "ASYA_MAX_DELIVERIES"]) {
    assert.match(sidecar.output, new RegExp(name));
  }
});

Deno.test("[C5] help names every setting", async () => {
  await using sidecar = await startProgram("sidecar", {
    args: ["--help"],
    env: { ASYA_SQLITE_PATH: "/tmp/queues.db" },
  });
  assert.equal((await sidecar.ended()).code, 0);
  for (const name of ["ASYA_QUEUE_NAME", "ASYA_DEDUP_WINDOW", "ASYA_RABBITMQ_PREFETCH"]) {
    assert.match(sidecar.output, new RegExp(name));
  }
});

Deno.test("[C7] a sidecar lives from the start, and is ready when its runtime is", async () => {
  await using folder = await makeTempFolder();
  const address = `127.0.0.1:${freePort()}`;
  const socketPath = folder.at("app.sock");
  await using sidecar = await startProgram("sidecar", {
    env: {
      ASYA_QUEUE_NAME: "step",
      ASYA_SOCKET_PATH: socketPath,
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ASYA_METRICS_ADDR: address,
    },
  });
  await sidecar.waitForLine("started");
  assert.equal(await statusOf(`http://${address}/livez`), 200);
  assert.equal(await statusOf(`http://${address}/readyz`), 503);
  await using _runtime = await startRuntime({ handler: `${ODD}#echo`, socketPath });
  await poll(
    "the sidecar to be ready",
    async () => await statusOf(`http://${address}/readyz`) === 200,
  );
  assert.equal((await sidecar.stop()).code, 0);
});

Deno.test("[D14] messages go through a real runtime, and are counted", async () => {
  await using pair = await startPair(`${ODD}#echo`);
  const bodies = Array.from({ length: 200 }, (_, page) => messageOf({ page }));
  await pair.queues.publishAll("step", bodies);
  const taken = await pair.queues.take("next", 200);
  const pages = new Set(
    taken.map(({ json }) => JSON.stringify(isJsonObject(json) && json.payload)),
  );
  assert.equal(pages.size, 200);
  await poll("all of them to be counted", async () => {
    const metrics = await (await fetch(`${pair.operations}/metrics`)).text();
    return metrics.includes('messages_processed_total{queue="step",status="success"} 200') &&
      metrics.includes("active_messages 0");
  });
  await pair.queues.waitUntilEmpty(["step", "error-end"]);
});

Deno.test("[R3] a handler that spins is a timeout, and those beside it are carried", async () => {
  await using pair = await startPair(`${ODD}#act`, {
    sidecar: { ASYA_RUNTIME_TIMEOUT: "1s" },
    runtime: { ASYA_RUNTIME_TIMEOUT: "1s" },
  });
  await pair.queues.publishAll("step", [
    messageOf({ do: "hang" }),
    messageOf({ do: "spin" }),
    messageOf({ page: 1 }),
    messageOf({ page: 2 }),
  ]);
  const taken = await pair.queues.take("next", 2, 30_000);
  assert.equal(taken.length, 2);
  const failures = [await failureOf(pair), await failureOf(pair)];
  assert.deepEqual(failures.map(({ error }) => error), ["timeout_error", "timeout_error"]);
  await pair.queues.waitUntilEmpty(["step"]);
});

Deno.test("[D5] [R4] a message that kills the runtime ends as what it was", async () => {
  await using pair = await startPair(`${ODD}#act`, {
    sidecar: { ASYA_MAX_DELIVERIES: "2" },
    runtime: { ASYA_MAX_HEAP_MB: "64" },
  });
  await pair.queues.publishAll("step", [
    messageOf({ do: "exit" }),
    messageOf({ page: 1 }),
    messageOf({ do: "run out of memory" }),
    messageOf({ page: 2 }),
  ]);
  assert.equal((await pair.queues.take("next", 2, 60_000)).length, 2);
  const failures = [await failureOf(pair), await failureOf(pair)];
  assert.deepEqual(failures.map(({ error }) => error).sort(), ["connection_error", "oom_error"]);
  await pair.queues.waitUntilEmpty(["step"]);
});

Deno.test("[D4] messages wait for a runtime that was killed, and none is blamed", async () => {
  await using folder = await makeTempFolder();
  const socketPath = folder.at("app.sock");
  await using queues = await Queues.open(folder.at("queues.db"), [
    ...["step", "next"],
    ...Object.values(TERMINAL_QUEUES),
  ]);
  await using sidecar = await startProgram("sidecar", {
    env: {
      ASYA_QUEUE_NAME: "step",
      ASYA_SOCKET_PATH: socketPath,
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ASYA_METRICS_ADDR: `127.0.0.1:${freePort()}`,
      ASYA_RABBITMQ_PREFETCH: "10",
    },
  });
  for (let life = 0; life < 3; life++) {
    await using runtime = await startRuntime({ handler: `${ODD}#echo`, socketPath });
    await queues.publishAll("step", Array.from({ length: 20 }, () => messageOf({ life })));
    await queues.take("next", 10);
    await runtime.kill();
    await sidecar.waitForLine(({ message }) => message === "the runtime is away");
  }
  await using _last = await startRuntime({ handler: `${ODD}#echo`, socketPath });
  await queues.take("next", 30);
  await queues.waitUntilEmpty(["step", "error-end", "next"]);
});

Deno.test("[D11] a signal lets the work in hand end, gives back the rest, and exits 0", async () => {
  await using pair = await startPair(`${ODD}#act`, {
    sidecar: { ASYA_SHUTDOWN_GRACE: "2s", ASYA_RABBITMQ_PREFETCH: "3" },
    runtime: { ASYA_CONCURRENCY: "2" },
  });
  await pair.queues.publishAll("step", Array.from({ length: 3 }, () => messageOf({ do: "hang" })));
  await poll("all of them in hand", async () => (await pair.queues.holds("step")).unacked === 3);
  assert.equal((await pair.sidecar.stop(10_000)).code, 0);
  assert.deepEqual(await pair.queues.holds("step"), { ready: 3, unacked: 0, delayed: 0 });
  assert.deepEqual(await pair.queues.holds("error-end"), { ready: 0, unacked: 0, delayed: 0 });
});

Deno.test("[C9] a second signal ends the process at once", async () => {
  await using pair = await startPair(`${ODD}#act`);
  await pair.queues.publish("step", messageOf({ do: "hang" }));
  await poll("it in hand", async () => (await pair.queues.holds("step")).unacked === 1);
  pair.sidecar.signal("SIGTERM");
  await pair.sidecar.waitForLine("draining");
  pair.sidecar.signal("SIGTERM");
  assert.equal((await pair.sidecar.ended(5_000)).code, 143);
});
