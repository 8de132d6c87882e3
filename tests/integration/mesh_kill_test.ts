/**
 * A thousand jobs through a mesh of three actors, while its processes are killed at random. The
 * seed is printed; set ASYA_TEST_SEED to kill in the same order again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertAllArrived } from "../faults/arrival.ts";
import { callForJobs } from "../faults/calls.ts";
import { assertFelt, countLines, linesOf } from "../faults/felt.ts";
import { assertStopsClean, startFleet } from "../faults/fleet.ts";
import { killHandler, killProcess, untilBusy } from "../faults/kill.ts";
import { printedRandom } from "../faults/scale.ts";
import { inTime, pause, type TestMesh } from "../kit/mod.ts";

/** The jobs are called for, and the processes killed, over the same time. */
const CALLS = { jobs: 1_000, durationMs: 25_000 };
const KILL_EVERY_MS = 600;

/** What was killed, by what it is in the mesh. */
interface Kill {
  readonly target: string;
  readonly pid: number;
}

Deno.test("[D16] [D2] a thousand jobs survive the death of every process, at any point", async () => {
  const random = printedRandom();
  await using mesh = await startFleet();
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
    const pid = kind === "handler" ? killHandler(mesh, name) : killProcess(mesh, name);
    if (pid !== undefined) kills.push({ target: kind === "handler" ? kind : name, pid });
  }
  return kills;
}

/** The faults happened, and were felt: processes died, messages came back, calls were lost. */
function proveThatItHappened(mesh: TestMesh, kills: readonly Kill[]): void {
  const kept = [...mesh.processes.values()];
  const died = kept.flatMap(({ lives }) =>
    lives.filter(({ status }) => status?.signal === "SIGKILL")
  );
  const lines = linesOf(mesh);
  const felt = {
    kills: kills.length,
    died: died.length,
    handlersKilled: kills.filter(({ target }) => target === "handler").length,
    redelivered: countLines(lines, "a message goes back to its queue", { why: "redelivered" }),
    callsLost: countLines(lines, "the runtime died during calls"),
  };
  assertFelt("every process killed, on SQLite", felt, { jobs: CALLS.jobs });
  assert.equal(felt.died + felt.handlersKilled, felt.kills);
  for (const program of ["gateway", "sidecar", "runtime"]) {
    assert.ok(died.some(({ name }) => name.endsWith(program)), `a ${program} was killed`);
  }
}
