/**
 * Jobs go on while one process after the other is told to end, as an orchestrator does when it
 * brings out a new version.
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertAllArrived } from "../faults/arrival.ts";
import { callForJobs } from "../faults/calls.ts";
import { assertStopsClean, startFleet } from "../faults/fleet.ts";
import { printedRandom } from "../faults/scale.ts";
import { type KeptProcess, pause, poll, type TestMesh } from "../kit/mod.ts";

const CALLS = { jobs: 300, durationMs: 10_000 };

Deno.test("[D11] [D16] a rolling restart under load loses nothing, and every exit is clean", async () => {
  await using mesh = await startFleet();
  const calling = callForJobs(mesh, printedRandom(), CALLS);
  for (const process of mesh.processes.values()) {
    // Gives the mesh a moment of work between two restarts.
    await pause(CALLS.durationMs / mesh.processes.size);
    await restart(process);
  }
  await assertAllArrived(mesh, await calling);
  for (const { plan, lives } of mesh.processes.values()) {
    assert.equal(lives.length, 2, `${plan.name} was restarted once`);
    assert.equal(lives[0]?.status?.code, 0, `${plan.name} ended well:\n${lives[0]?.output}`);
  }
  assertNothingWasCounted(mesh);
  await assertStopsClean(mesh);
});

async function restart(process: KeptProcess): Promise<void> {
  const { now } = process;
  now.signal("SIGTERM");
  await now.ended();
  await poll(`${process.plan.name} to be started again`, () => process.now !== now);
}

/** Who ends well gives back what it holds: nothing is counted against any message. */
function assertNothingWasCounted(mesh: TestMesh): void {
  for (const { plan, lives } of mesh.processes.values()) {
    const counted = lives.flatMap(({ lines }) => lines).filter(({ fields }) =>
      fields.why === "redelivered" || fields.why === "runtime_died" || Number(fields.suspects) > 0
    );
    assert.deepEqual(counted.map(({ text }) => text), [], plan.name);
  }
}
