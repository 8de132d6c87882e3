import assert from "node:assert/strict";
import type { InstanceExit } from "@asya/protocol/session";
import { HostedHandler, messageFor } from "../tests/kit/hosted_handler.ts";
import { parseLedger } from "./ledger.ts";
import { isRunning, poll, type SessionPeer, waitForNoProcess } from "../tests/kit/mod.ts";

/** What a handler does to the process it runs in, by a word in the payload. */
const source = `
  const kept = [];
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const deeds = {
    answer: () => ({ pid: Deno.pid }),
    spin: () => { for (;;); },
    spin_later: async () => { await sleep(20); for (;;); },
    hang: () => new Promise(() => {}),
    wait: async (msg) => { await sleep(msg.payload.ms); return { waited: true }; },
    heap: () => { for (;;) kept.push(new Array(1000).fill({}).map((_, i) => ({ i }))); },
    exit: () => Deno.exit(7),
    exit_later: async () => { await sleep(20); Deno.exit(0); },
    stray: () => { Promise.reject(new Error("left behind")); setTimeout(() => { throw new Error("in a timer"); }); return { ok: true }; },
    heed: (msg, ctx) => new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason))),
  };
  export default (msg, ctx) => deeds[msg.payload.deed](msg, ctx);
`;

/** The record of an instance's end, as the next host says it. */
async function exitOf(hosted: HostedHandler, instance: string): Promise<InstanceExit> {
  return await poll("a new instance", async () => {
    try {
      await using session = await hosted.session();
      return (await session.hello()).exits.find((exit) => exit.instance === instance);
    } catch (error) {
      // Nobody listens until the new process has its socket.
      if (error instanceof Deno.errors.ConnectionRefused) return undefined;
      if (error instanceof Deno.errors.ConnectionReset) return undefined;
      if (error instanceof Deno.errors.BrokenPipe) return undefined;
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  });
}

async function callDeed(
  session: SessionPeer,
  call: number,
  payload: { deed: string; ms?: number },
  timeoutMs?: number,
): Promise<void> {
  await session.call(call, messageFor(payload), timeoutMs);
}

/** Waits until a call is in the handler. */
async function callToBegin(hosted: HostedHandler): Promise<void> {
  await poll("a call in the handler", async () => {
    const ledger = parseLedger(await Deno.readFile(`${hosted.socketPath}.calls`));
    return ledger !== undefined && ledger.calls.length > 0;
  });
}

/** The process that runs the handler. */
async function pidOf(session: SessionPeer): Promise<number> {
  await callDeed(session, 1_000, { deed: "answer" });
  const { reply } = await session.reply(1_000);
  assert(reply.kind === "output");
  return (reply.output.payload as { pid: number }).pid;
}

const deaths: readonly {
  name: string;
  deed: string;
  env?: Record<string, string>;
  expected: Partial<InstanceExit>;
}[] = [
  {
    name: "[R3] a handler that spins is ended at its deadline",
    deed: "spin",
    expected: { reason: "timeout", culprits: [5] },
  },
  {
    name: "[R3] a handler that spins after a pause is ended at its deadline",
    deed: "spin_later",
    expected: { reason: "timeout", culprits: [5] },
  },
  {
    name: "[R4] a handler that fills its heap is out of memory",
    deed: "heap",
    env: { ASYA_MAX_HEAP_MB: "48" },
    expected: { reason: "oom", culprits: [5] },
  },
  {
    name: "[R8] a handler that ends its process is named",
    deed: "exit",
    expected: { reason: "exit", code: 7, culprits: [5] },
  },
  {
    name: "[R8] a handler that ends its process later, well, is named",
    deed: "exit_later",
    expected: { reason: "exit", code: 0, culprits: [5] },
  },
];

for (const { name, deed, env, expected } of deaths) {
  Deno.test(name, async () => {
    await using hosted = await HostedHandler.start(source, { ...(env && { env }) });
    await using session = await hosted.session();
    const { instance } = await session.hello();
    const pid = await pidOf(session);
    await callDeed(session, 5, { deed }, deed.startsWith("spin") ? 300 : 60_000);
    await session.ended();
    const exit = await exitOf(hosted, instance);
    for (const [field, value] of Object.entries(expected)) {
      assert.deepEqual(exit[field as keyof InstanceExit], value, field);
    }
    assert.equal(isRunning(pid), false);
    await using next = await hosted.session();
    assert.notEqual(await pidOf(next), pid);
  });
}

Deno.test("[R3] a handler that hangs is answered for, and its process begins anew", async () => {
  await using hosted = await HostedHandler.start(source, { env: { ASYA_CONCURRENCY: "3" } });
  await using session = await hosted.session();
  const { instance } = await session.hello();
  await callDeed(session, 1, { deed: "wait", ms: 2_000 }, 10_000);
  await callDeed(session, 2, { deed: "hang" }, 300);
  const timedOut = (await session.reply(2)).reply;
  assert(timedOut.kind === "failure");
  assert.equal(timedOut.failure.code, "timeout_error");
  const finished = (await session.reply(1)).reply;
  assert.deepEqual(finished, { kind: "output", output: { payload: { waited: true } } });
  await session.ended();
  assert.deepEqual((await exitOf(hosted, instance)).culprits, [2]);
  assert.equal((await exitOf(hosted, instance)).reason, "timeout");
});

Deno.test("[R3] a handler that heeds its signal times out and costs no process", async () => {
  await using hosted = await HostedHandler.start(source);
  await using session = await hosted.session();
  const pid = await pidOf(session);
  await callDeed(session, 1, { deed: "heed" }, 200);
  const { reply } = await session.reply(1);
  assert(reply.kind === "failure");
  assert.equal(reply.failure.code, "timeout_error");
  assert.equal(await pidOf(session), pid);
});

Deno.test("[R3] a call that dies with a spinning one is not named", async () => {
  await using hosted = await HostedHandler.start(source, { env: { ASYA_CONCURRENCY: "2" } });
  await using session = await hosted.session();
  const { instance } = await session.hello();
  await callDeed(session, 1, { deed: "wait", ms: 60_000 }, 60_000);
  await callDeed(session, 2, { deed: "spin" }, 300);
  await session.ended();
  assert.deepEqual((await exitOf(hosted, instance)).culprits, [2]);
});

Deno.test("[R4] of several calls in a full heap none is named", async () => {
  const env = { ASYA_CONCURRENCY: "2", ASYA_MAX_HEAP_MB: "48" };
  await using hosted = await HostedHandler.start(source, { env });
  await using session = await hosted.session();
  const { instance } = await session.hello();
  await callDeed(session, 1, { deed: "wait", ms: 60_000 });
  await callDeed(session, 2, { deed: "heap" });
  await session.ended();
  const { reason, culprits } = await exitOf(hosted, instance);
  assert.deepEqual({ reason, culprits }, { reason: "oom", culprits: undefined });
});

Deno.test("[R8] errors that a handler leaves behind do not end the process", async () => {
  await using hosted = await HostedHandler.start(source);
  await using session = await hosted.session();
  const pid = await pidOf(session);
  await callDeed(session, 1, { deed: "stray" });
  await session.reply(1);
  await hosted.process.waitForLine((line) => line.text.includes("left behind"));
  await hosted.process.waitForLine((line) => line.text.includes("in a timer"));
  assert.equal(await pidOf(session), pid);
});

Deno.test("[D4] a killed handler process comes back, and the kill is told as memory", async () => {
  await using hosted = await HostedHandler.start(source);
  await using session = await hosted.session();
  const { instance } = await session.hello();
  const pid = await pidOf(session);
  Deno.kill(pid, "SIGKILL");
  await session.ended();
  const { reason, culprits } = await exitOf(hosted, instance);
  assert.deepEqual({ reason, culprits }, { reason: "oom", culprits: undefined });
});

Deno.test("[M2] a killed supervisor takes its handler process along, after its calls", async () => {
  await using hosted = await HostedHandler.start(source);
  await using session = await hosted.session();
  const pid = await pidOf(session);
  await callDeed(session, 1, { deed: "wait", ms: 300 });
  await callToBegin(hosted);
  await hosted.process.kill();
  assert.equal((await session.reply(1)).reply.kind, "output");
  await waitForNoProcess([pid]);
  await assert.rejects(Deno.stat(hosted.socketPath), Deno.errors.NotFound);
});

Deno.test("[M2] a spinning orphan is ended by the next supervisor, and told as killed", async () => {
  await using hosted = await HostedHandler.start(source);
  await using session = await hosted.session();
  const { instance } = await session.hello();
  const pid = await pidOf(session);
  await callDeed(session, 1, { deed: "spin" }, 60_000);
  await callToBegin(hosted);
  // Its output stays open in the orphan's hands, so nobody waits for the end of that.
  hosted.process.signal("SIGKILL");
  await waitForNoProcess([hosted.process.pid]);
  assert.equal(isRunning(pid), true);
  hosted.process = await hosted.startAnother();
  await session.ended();
  await waitForNoProcess([pid]);
  const { reason, culprits } = await exitOf(hosted, instance);
  assert.deepEqual({ reason, culprits }, { reason: "killed", culprits: undefined });
});

Deno.test("[R8] a second runtime on one socket is refused, and the first goes on", async () => {
  await using hosted = await HostedHandler.start(source);
  const second = await hosted.startAnother();
  assert.equal((await second.ended()).code, 1);
  assert.match(second.output, /another runtime serves/);
  await using session = await hosted.session();
  assert(await pidOf(session) > 0);
});

Deno.test("[D11] on a signal calls in hand are answered, and the exit is 0 and blames nobody", async () => {
  await using hosted = await HostedHandler.start(source);
  await using session = await hosted.session();
  const { instance } = await session.hello();
  await callDeed(session, 1, { deed: "wait", ms: 300 });
  await callToBegin(hosted);
  hosted.process.signal("SIGTERM");
  assert.equal((await session.reply(1)).reply.kind, "output");
  await session.ended();
  assert.equal((await hosted.process.ended()).code, 0);
  await assert.rejects(Deno.stat(hosted.socketPath), Deno.errors.NotFound);
  hosted.process = await hosted.startAnother();
  assert.deepEqual((await exitOf(hosted, instance)).culprits, []);
});

Deno.test("[D11] a handler that outlasts the grace is ended with the runtime", async () => {
  await using hosted = await HostedHandler.start(source, { env: { ASYA_SHUTDOWN_GRACE: "200ms" } });
  await using session = await hosted.session();
  const pid = await pidOf(session);
  await callDeed(session, 1, { deed: "spin" }, 60_000);
  await callToBegin(hosted);
  assert.equal((await hosted.process.stop()).code, 0);
  await waitForNoProcess([pid]);
  await assert.rejects(Deno.stat(hosted.socketPath), Deno.errors.NotFound);
});
