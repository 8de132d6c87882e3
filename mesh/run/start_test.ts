import assert from "node:assert/strict";
import type { MeshEvent, MeshNews } from "./event.ts";
import type { MeshPlan } from "../plan/plan.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import { startMesh } from "./start.ts";

/** A process that runs some code, and is asked at a port whether it is ready. */
function process(name: string, code: string, readyPort?: number): ProcessPlan {
  return {
    name,
    unit: name,
    program: "sidecar",
    args: ["eval", "--no-lock", code],
    env: { HOME: Deno.env.get("HOME") ?? "", NO_COLOR: "1" },
    cwd: "/",
    ...(readyPort !== undefined && { readyUrl: `http://127.0.0.1:${readyPort}/readyz` }),
  };
}

/** Starts processes, and stops them after a test. */
async function withProcesses(
  processes: readonly ProcessPlan[],
  readyWithinMs: number,
  test: (
    started: Awaited<ReturnType<typeof startMesh>>,
    events: readonly MeshEvent[],
    news: readonly MeshNews[],
  ) => Promise<void>,
): Promise<void> {
  const socketFolder = await Deno.makeTempDir();
  const plan: MeshPlan = { processes, gatewayUrl: "", files: {}, folders: [], socketFolder };
  const events: MeshEvent[] = [];
  const news: MeshNews[] = [];
  const started = await startMesh(plan, {
    deno: Deno.execPath(),
    onLine() {},
    onEvent: (event) => events.push(event),
    onNews: (item) => news.push(item),
    longAfterMs: 500,
    readyWithinMs,
  });
  try {
    await test(started, events, news);
  } finally {
    await started.stop();
  }
  await assert.rejects(Deno.stat(socketFolder), Deno.errors.NotFound);
}

const waiting = "console.log('still loading'); setInterval(() => {}, 1000)";

Deno.test("[M1] a process that never gets ready is named, with its reason and last lines", () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("the runtime has not answered\n", { status: 503 }),
  );
  const slow = process("slow", waiting, server.addr.port);
  const processes = [slow, process("other", waiting)];
  return withProcesses(processes, 1_500, async ({ settled }, _, news) => {
    assert.deepEqual(await settled, {
      kind: "failed",
      failures: [{
        process: "slow",
        reason: "it is not ready: the runtime has not answered",
        lastLines: ["still loading"],
      }],
    });
    const [{ kind, ...told } = assert.fail("nothing was told before"), ...more] = news;
    assert.deepEqual(more, []);
    assert.equal(kind, "still_waiting");
    assert.deepEqual("for" in told && told.for, [
      { process: "slow", reason: "the runtime has not answered" },
    ]);
  }).finally(() => server.shutdown());
});

Deno.test("[M1] nobody waits for a process whose settings are wrong", () =>
  withProcesses(
    [
      process("wrong", "console.error('ASYA_X is bad'); Deno.exit(2)"),
      process("other", waiting, 1),
    ],
    600_000,
    async ({ settled }) => {
      assert.deepEqual(await settled, {
        kind: "failed",
        failures: [{
          process: "wrong",
          reason: "it refused to start (exit code 2)",
          lastLines: ["ASYA_X is bad"],
        }],
      });
    },
  ));

Deno.test("[M1] nobody waits for a process that only dies", () =>
  withProcesses(
    [process("mortal", "console.log('no model'); Deno.exit(7)"), process("other", waiting, 1)],
    600_000,
    async ({ settled }, events) => {
      assert.deepEqual(await settled, {
        kind: "failed",
        failures: [{
          process: "mortal",
          reason: "it died 4 times, the last time with exit code 7",
          lastLines: ["no model"],
        }],
      });
      assert.equal(events.filter(({ kind }) => kind === "died").length, 4);
    },
  ));

Deno.test("[M2] a start can be given up", () =>
  withProcesses([process("other", waiting, 1)], 600_000, async (started) => {
    const { settled } = started;
    await started.stop();
    assert.deepEqual(await settled, { kind: "stopped" });
  }));
