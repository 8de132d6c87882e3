/**
 * A thousand jobs through a mesh of three actors, while its processes are killed at random. The
 * seed is printed; set ASYA_TEST_SEED to kill in the same order again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { childrenOf, inTime, isRunning, pause, poll, type TestMesh } from "../kit/mod.ts";
import {
  assertAllArrived,
  assertStopsClean,
  callForJobs,
  printedRandom,
  startWalkers,
} from "./walkers.ts";

/** The jobs are called for, and the processes killed, over the same time. */
const CALLS = { jobs: 1_000, durationMs: 25_000 };
const KILL_EVERY_MS = 600;

/** How long a process that is to be killed is given to have something in hand. */
const BUSY_WAIT_MS = 300;

/** What was killed, by what it is in the mesh. */
interface Kill {
  readonly target: string;
  readonly pid: number;
}

Deno.test("[D16] [D2] a thousand jobs survive the death of every process, at any point", async () => {
  const random = printedRandom();
  await using mesh = await startWalkers();
  const calling = callForJobs(mesh, random, CALLS);
  const kills = await killAtRandom(mesh, random, CALLS.durationMs);
  const answered = await inTime("every call to be answered", calling, 120_000);
  assert.equal(answered.length, CALLS.jobs);
  await assertAllArrived(mesh, answered);
  proveThatItHappened(mesh, kills);
  await assertStopsClean(mesh);
});

/**
 * Kills one process after the other, whichever chance picks: programs, and handlers' processes. Those
 * that work on messages die while they do.
 */
async function killAtRandom(
  mesh: TestMesh,
  random: () => number,
  durationMs: number,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const endMs = Date.now() + durationMs;
  while (Date.now() < endMs) {
    // Gives the mesh a moment of work between two deaths.
    await pause(KILL_EVERY_MS);
    const kind = oneOf(["gateway", "sidecar", "runtime", "handler"]);
    const program = kind === "handler" ? "runtime" : kind;
    const names = [...mesh.processes.keys()].filter((name) => name.endsWith(program));
    const name = oneOf(names);
    if (kind !== "gateway") await untilBusy(mesh, name.split(".")[0]!);
    const { pid } = mesh.process(name).now;
    const [child] = kind === "handler" ? childrenOf(pid) : [];
    const target = child === undefined ? name : `the handler of ${name}`;
    if (kill(child ?? pid)) kills.push({ target, pid: child ?? pid });
  }
  return kills;
}

/** Waits until somebody works on a message of a queue, for a moment: error-end has none for long. */
async function untilBusy(mesh: TestMesh, queue: string): Promise<void> {
  const untilMs = Date.now() + BUSY_WAIT_MS;
  await poll(`${queue} to work on a message`, async () => {
    const { unacked } = await mesh.queues.holds(queue);
    return unacked > 0 || Date.now() >= untilMs;
  }, { everyMs: 2 });
}

function kill(pid: number): boolean {
  if (!isRunning(pid)) return false;
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch (error) {
    // It had just ended.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The faults happened, and were felt: processes died, messages came back, calls were lost. */
function proveThatItHappened(mesh: TestMesh, kills: readonly Kill[]): void {
  const kept = [...mesh.processes.values()];
  const died = kept.flatMap(({ lives }) =>
    lives.filter(({ status }) => status?.signal === "SIGKILL")
  );
  const output = kept.map(({ output }) => output).join("\n");
  const felt = {
    kills: kills.length,
    died: died.length,
    handlersKilled: kills.filter(({ target }) => target.startsWith("the handler")).length,
    redelivered: count(output, '"why":"redelivered"'),
    callsLost: count(output, "the runtime died during calls"),
  };
  console.log(JSON.stringify(felt));
  for (const [name, value] of Object.entries(felt)) assert.ok(value > 0, `${name} is ${value}`);
  assert.equal(felt.died + felt.handlersKilled, felt.kills);
  for (const program of ["gateway", "sidecar", "runtime"]) {
    assert.ok(died.some(({ name }) => name.endsWith(program)), `a ${program} was killed`);
  }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
