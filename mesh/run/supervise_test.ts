import assert from "node:assert/strict";
import type { MeshEvent, ProcessExit } from "./event.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import type { Child } from "./spawn.ts";
import { superviseProcess } from "./supervise.ts";

const pure = { permissions: "none" } as const;
const plan: ProcessPlan = {
  name: "ocr.sidecar",
  unit: "ocr",
  program: "sidecar",
  args: [],
  env: {},
  cwd: "/",
};
const signalled = (signal: string): ProcessExit => ({ code: 143, signal });

/** Processes that live until they are told to end, or until the test lets them die. */
function createFakes(options: { ignoreTerm?: boolean } = {}) {
  const children: { die: (exit: ProcessExit) => void; signals: string[] }[] = [];
  const waiting: (() => void)[] = [];
  const spawn = (): Child => {
    const { promise: exited, resolve: die } = Promise.withResolvers<ProcessExit>();
    const signals: string[] = [];
    children.push({ die, signals });
    waiting.shift()?.();
    return {
      pid: children.length,
      exited,
      kill: (signal) => {
        signals.push(signal);
        if (signal === "SIGKILL" || !options.ignoreTerm) die(signalled(signal));
      },
    };
  };
  const next = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { spawn, children, next };
}

function start(fakes: ReturnType<typeof createFakes>, backoff = { baseMs: 0, maxMs: 0 }) {
  const events: MeshEvent[] = [];
  const process = superviseProcess(plan, {
    spawn: fakes.spawn,
    onLine() {},
    onEvent: (event) => events.push(event),
    backoff,
  });
  return { process, events, kinds: () => events.map((event) => event.kind) };
}

Deno.test("[M3] a process that dies is started again", pure, async () => {
  const fakes = createFakes();
  const { process, kinds } = start(fakes);
  for (const code of [1, 0]) {
    const started = fakes.next();
    fakes.children.at(-1)?.die({ code, signal: null });
    await started;
  }
  await process.stop(1_000);
  assert.deepEqual(kinds(), ["started", "died", "started", "died", "started", "stopped"]);
});

Deno.test("[M3] it is started later each time", pure, async () => {
  const fakes = createFakes();
  const { process, events } = start(fakes, { baseMs: 8, maxMs: 32 });
  for (let deaths = 0; deaths < 4; deaths++) {
    const started = fakes.next();
    fakes.children.at(-1)?.die({ code: 1, signal: null });
    await started;
  }
  await process.stop(1_000);
  const waits = events.flatMap((event) => event.kind === "died" ? [event.restartInMs] : []);
  const ranges = [[4, 8], [8, 16], [16, 32], [16, 32]] as const;
  for (const [index, [least, most]] of ranges.entries()) {
    const waitMs = waits[index] ?? -1;
    assert(waitMs >= least && waitMs <= most, `wait ${index} of ${waitMs} ms`);
  }
});

Deno.test("[M2] it is asked to end first, and ended when it does not", pure, async () => {
  const fakes = createFakes({ ignoreTerm: true });
  const { process, kinds } = start(fakes);
  await process.stop(1);
  assert.deepEqual(fakes.children[0]?.signals, ["SIGTERM", "SIGKILL"]);
  assert.deepEqual(kinds(), ["started", "killed", "stopped"]);
});

Deno.test(
  "[M2] a process that waits for its next start is not started any more",
  pure,
  async () => {
    const fakes = createFakes();
    const { process, kinds } = start(fakes, { baseMs: 3_600_000, maxMs: 3_600_000 });
    fakes.children[0]?.die({ code: 1, signal: null });
    await Promise.resolve();
    await process.stop(1_000);
    assert.equal(fakes.children.length, 1);
    assert.deepEqual(kinds(), ["started", "died"]);
  },
);

Deno.test("[M2] killing does not ask", pure, async () => {
  const fakes = createFakes({ ignoreTerm: true });
  const { process } = start(fakes);
  process.kill();
  await process.stop(3_600_000);
  assert.deepEqual(fakes.children[0]?.signals[0], "SIGKILL");
});
