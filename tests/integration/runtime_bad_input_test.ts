/**
 * What handlers and peers do to a host that they should not do: each has its answer, and the host
 * lives on.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Failure, Json, Reply } from "@asya/protocol";
import {
  exchange,
  isRunning,
  makeTempFolder,
  rssMbOf,
  type RunningProcess,
  SessionPeer,
  startRuntime,
  waitForSocket,
} from "../kit/mod.ts";

const HANDLER = "tests/integration/handlers/odd.ts#act";

async function startHost(env: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder());
  const socketPath = folder.at("app.sock");
  const runtime = stack.use(await startRuntime({ handler: HANDLER, socketPath, env }));
  const owned = stack.move();
  return { runtime, socketPath, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function messageOf(payload: Json) {
  return { job_id: "j1", route: { steps: ["step"], current: 0 }, payload };
}

function failureOf(reply: Reply): Failure {
  assert.ok(reply.kind === "failure", JSON.stringify(reply).slice(0, 300));
  return reply.failure;
}

/** Proves that the host lives on: the same instance, a good answer. */
async function assertStillWorks(socketPath: string, instance?: string): Promise<void> {
  await using session = await SessionPeer.open(socketPath);
  if (instance !== undefined) assert.equal((await session.hello()).instance, instance);
  await session.call(1, messageOf({ still: "here" }));
  assert.deepEqual((await session.reply(1)).reply, {
    kind: "output",
    output: { payload: { still: "here" } },
  });
}

Deno.test("[R7] [R8] whatever a handler throws or returns is answered over a session", async (t) => {
  await using host = await startHost({ ASYA_MAX_FRAME_BYTES: "32MiB" });
  await using session = await SessionPeer.open(host.socketPath);
  const { instance } = await session.hello();
  const rows: [string, string, RegExp][] = [
    ["throw a text", "processing_error", /^just a text$/],
    ["throw nothing", "processing_error", /undefined/],
    ["throw a cycle", "processing_error", /Object/],
    ["throw a TypeError", "processing_error", /^no such page$/],
    ["throw a RetryableError", "retryable_error", /^busy$/],
    ["return a cycle", "processing_error", /holds itself/],
    ["return a BigInt", "processing_error", /bigint/i],
    ["return a bare BigInt", "processing_error", /bigint/i],
    ["return a function", "processing_error", /function/],
    ["return a text", "processing_error", /string/],
    ["return an array of texts", "processing_error", /item 0/],
    ["return what throws", "processing_error", /a getter that throws/],
    ["return much", "frame_too_large", /33554432/],
    ["return deep", "processing_error", /deep|nest|stack/i],
    ["allocate", "oom_error", /string length/i],
  ];
  for (const [index, [what, code, words]] of rows.entries()) {
    await t.step(`${what} is ${code}`, async () => {
      await session.call(index, messageOf({ do: what }));
      const failure = failureOf((await session.reply(index, 30_000)).reply);
      assert.equal(failure.code, code);
      assert.match(failure.message, words);
    });
  }
  await t.step("undefined is nothing to send on", async () => {
    await session.call(100, messageOf({ do: "return undefined" }));
    assert.deepEqual((await session.reply(100)).reply, { kind: "empty" });
  });
  await t.step("what is printed goes to the log, not into the connection", async () => {
    await session.call(101, messageOf({ do: "print" }));
    assert.deepEqual((await session.reply(101)).reply, {
      kind: "output",
      output: { payload: { printed: true } },
    });
    await host.runtime.waitForLine(({ text }) => text.includes("hello, this is no frame"));
  });
  await t.step("a forgotten rejection takes nobody along", async () => {
    await session.call(102, messageOf({ do: "forget a rejection" }));
    assert.equal((await session.reply(102)).reply.kind, "output");
  });
  await assertStillWorks(host.socketPath, instance);
});

Deno.test("[W4] [W5] frames that are none are refused, and the host lives on", async (t) => {
  await using host = await startHost();
  const { socketPath } = host;
  const rssBefore = rssMbOf(host.runtime.pid);
  await t.step("4 GiB announced on a connection of its own", async () => {
    const rawBytes = new Uint8Array([0xff, 0xff, 0xff, 0xff]);
    const end = await exchange(socketPath, "", { rawBytes });
    assert.ok(end.kind === "reply");
    assert.match(new TextDecoder().decode(end.body), /frame_too_large/);
  });
  await t.step("4 GiB announced within a session", async () => {
    await using session = await SessionPeer.open(socketPath);
    await session.hello();
    await session.sendBytes(new Uint8Array([0xff, 0xff, 0xff, 0xff]));
    await session.ended();
  });
  assert.ok(
    rssMbOf(host.runtime.pid) - rssBefore < 200,
    "no memory was taken for what was announced",
  );
  await t.step("half a length, half a body, and nothing at all", async () => {
    for (const rawBytes of [[0, 0], [0, 0, 0, 9, 0x7b], []]) {
      await exchange(socketPath, "", { rawBytes: new Uint8Array(rawBytes), hangUp: true });
    }
  });
  await t.step("half a frame within a session", async () => {
    const session = await SessionPeer.open(socketPath);
    await session.hello();
    await session.sendBytes(new Uint8Array([0, 0, 1, 0, 0x7b]));
    await session[Symbol.asyncDispose]();
  });
  await t.step("a frame of a session that makes no sense", async () => {
    await using session = await SessionPeer.open(socketPath);
    await session.hello();
    await session.send(new TextEncoder().encode("[]"));
    await session.ended();
  });
  await t.step("a body that is not UTF-8, and one that is no message", async () => {
    const notText = await exchange(socketPath, new Uint8Array([0xff, 0xfe]));
    assert.ok(notText.kind === "reply");
    assert.match(new TextDecoder().decode(notText.body), /invalid_json/);
    const noMessage = await exchange(socketPath, "{}");
    assert.ok(noMessage.kind === "reply");
    assert.match(new TextDecoder().decode(noMessage.body), /malformed_message/);
  });
  await assertStillWorks(socketPath);
});

Deno.test("[R3] a handler that hangs is told to stop and answered for at its deadline", async () => {
  await using host = await startHost();
  await using session = await SessionPeer.open(host.socketPath);
  await session.call(1, messageOf({ do: "hang" }), 300);
  assert.equal(failureOf((await session.reply(1)).reply).code, "timeout_error");
  // A handler that does not stop cannot be got rid of but with its process.
  await session.ended();
  await waitForSocket(host.runtime, host.socketPath);
  await assertStillWorks(host.socketPath);
});

Deno.test("[R10] a cancelled handler sees its signal", async () => {
  await using host = await startHost();
  await using session = await SessionPeer.open(host.socketPath);
  await session.call(1, messageOf({ do: "wait for the signal" }));
  await session.cancel(1);
  await session.reply(1);
});

Deno.test("[R3] a handler that spins is killed at its deadline, and named", async () => {
  await using host = await startHost();
  await using session = await SessionPeer.open(host.socketPath);
  const { instance } = await session.hello();
  await session.call(5, messageOf({ do: "spin" }), 500);
  await session.ended();
  await assertSuccessor(host, instance, "timeout", [5]);
});

Deno.test("[R4] a handler that runs out of memory ends its process, not its host", async () => {
  await using host = await startHost({ ASYA_MAX_HEAP_MB: "100" });
  await using session = await SessionPeer.open(host.socketPath);
  const { instance } = await session.hello();
  await session.call(6, messageOf({ do: "run out of memory" }), 60_000);
  await session.ended(30_000);
  await assertSuccessor(host, instance, "oom", [6]);
});

Deno.test("[R4] a handler that ends the process is named", async () => {
  await using host = await startHost();
  await using session = await SessionPeer.open(host.socketPath);
  const { instance } = await session.hello();
  await session.call(7, messageOf({ do: "exit" }));
  await session.ended();
  await assertSuccessor(host, instance, "exit", [7]);
});

/** A new instance serves, and says how the one before it ended and whose fault it was. */
async function assertSuccessor(
  host: { runtime: RunningProcess; socketPath: string },
  instance: string,
  reason: string,
  culprits: number[],
): Promise<void> {
  await host.runtime.waitForLine(
    ({ fields }) =>
      typeof fields.instance === "string" && fields.instance !== instance &&
      /ready/.test(`${fields.message}`),
    20_000,
  );
  await using session = await SessionPeer.open(host.socketPath);
  const hello = await session.hello();
  const exit = hello.exits.find((one) => one.instance === instance);
  assert.equal(exit?.reason, reason);
  assert.deepEqual(exit?.culprits, culprits);
  assert.equal(isRunning(host.runtime.pid), true);
  await assertStillWorks(host.socketPath, hello.instance);
}
