import assert from "node:assert/strict";
import type { MeshEvent, ProcessExit } from "./event.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import type { Spawn } from "./spawn.ts";
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
const hour = { baseMs: 3_600_000, maxMs: 3_600_000 };
const signalled = (signal: string): ProcessExit => ({ code: 143, signal });

/** Processes that live until they are told to end, or until the test lets them die. */
function createFakes(options: { ignoreTerm?: boolean } = {}) {
  const children: {
    die: (exit: ProcessExit) => void;
    signals: string[];
    plan: ProcessPlan;
  }[] = [];
  const waiting: (() => void)[] = [];
  const spawn: Spawn = (plan, onLine) => {
    const { promise: exited, resolve: die } = Promise.withResolvers<ProcessExit>();
    const signals: string[] = [];
    children.push({ die, signals, plan });
    onLine(`life ${children.length}`);
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

function start(
  fakes: ReturnType<typeof createFakes>,
  options: Partial<Parameters<typeof superviseProcess>[1]> = {},
) {
  const events: MeshEvent[] = [];
  const process = superviseProcess(plan, {
    spawn: fakes.spawn,
    onLine() {},
    onEvent: (event) => events.push(event),
    backoff: { baseMs: 0, maxMs: 0 },
    ...options,
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
  const { process, events } = start(fakes, { backoff: { baseMs: 8, maxMs: 32 } });
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
    const { process, kinds } = start(fakes, { backoff: hour });
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

Deno.test("[M9] a process is restarted as another plan says, without a wait", pure, async () => {
  const fakes = createFakes();
  const { process, kinds } = start(fakes, { backoff: hour });
  await process.restart(1_000, { ...plan, cwd: "/other" });
  await process.restart(1_000);
  assert.deepEqual(fakes.children.map(({ plan }) => plan.cwd), ["/", "/other", "/other"]);
  await process.stop(1_000);
  const life = ["started", "stopped"];
  assert.deepEqual(kinds(), [...life, ...life, ...life]);
});

Deno.test("[M9] a restart does not wait for the next start after a death", pure, async () => {
  const fakes = createFakes();
  const { process, kinds } = start(fakes, { backoff: hour });
  fakes.children[0]?.die({ code: 1, signal: null });
  await Promise.resolve();
  await process.restart(1_000);
  await process.stop(1_000);
  assert.deepEqual(kinds(), ["started", "died", "started", "stopped"]);
});

Deno.test("[M9] a restart ends a process that does not heed it", pure, async () => {
  const fakes = createFakes({ ignoreTerm: true });
  const { process } = start(fakes);
  await process.restart(1);
  assert.deepEqual(fakes.children[0]?.signals, ["SIGTERM", "SIGKILL"]);
  await process.stop(1);
});

Deno.test("[M9] what cannot begin waits for a restart, or for the end", pure, async () => {
  const fakes = createFakes();
  const { process, events, kinds } = start(fakes, { holds: (_, { code }) => code === 1 });
  const begun = async () => {
    fakes.children.at(-1)?.die({ code: 1, signal: null });
    await Promise.resolve();
    await Promise.resolve();
  };
  await begun();
  await process.restart(1_000);
  await begun();
  const held = events.filter((event) => event.kind === "held");
  assert.deepEqual(held.map(({ lastLines }) => lastLines), [["life 1"], ["life 2"]]);
  await process.stop(1_000);
  assert.deepEqual(kinds(), ["started", "held", "started", "held"]);
});

Deno.test("[M9] a restart that comes with the end does not keep anybody", pure, async () => {
  const fakes = createFakes();
  const { process } = start(fakes);
  const stopped = process.stop(1_000);
  await process.restart(1_000);
  await stopped;
  assert.equal(fakes.children.length, 1);
});
