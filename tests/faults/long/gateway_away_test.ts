/**
 * A gateway that is gone for minutes while there is much to do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq, pause, type TestMesh } from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { callForJobs } from "../calls.ts";
import { assertFelt, countLines, linesOf } from "../felt.ts";
import { assertStopsClean, startFleet } from "../fleet.ts";
import { killProcess } from "../kill.ts";
import { readMetric } from "../metrics.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();

/** Four at a time, and each takes a tenth of a second: forty messages a second in each step. */
const WORK_MS = 100;
const MESH = `
name: chatty
actors:
  - { name: first, handler: ./steps.ts#walk, concurrency: 4 }
  - { name: second, handler: ./chatty.ts#chat, concurrency: 4 }
  - { name: third, handler: ./steps.ts#walk, concurrency: 4 }
tools:
  - name: walk
    parameters: { n: { type: integer }, workMs: { type: integer } }
    route: [first, second, third]
    timeout: 3600
`;

/** How long the gateway is watched before it goes, and how long it is away, with all jobs. */
const UP_MS = 20_000;
const AWAY_MS = 125_000;

/** Jobs for that time, and for the one in which they are called for, as a share of the usual. */
const SHARE = 7;
const CALLS_PER_SECOND = 250;

/** What the rate of messages may lose without the gateway. */
const LEAST_RATIO = 0.9;

Deno.test({
  name: "[D12] [D10] [D16] messages go on at their speed while the gateway is gone for minutes",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({ yaml: MESH, vhost });
    const startMs = performance.now();
    const scale = readScale(CALLS_PER_SECOND, SHARE);
    const stretch = Math.min(1, scale.jobs / (SHARE * 1_000));
    const answered = await callForJobs(mesh, printedRandom(), {
      ...scale,
      argumentsOf: (n) => ({ n, workMs: WORK_MS }),
    });
    const rateWith = await rateOver(mesh, UP_MS * stretch);
    mesh.process("gateway").keepAway();
    killProcess(mesh, "gateway");
    const awayMs = AWAY_MS * stretch;
    const rateWithout = await rateOver(mesh, awayMs);
    const { ready } = await mesh.queues.holds("first");
    mesh.process("gateway").bringBack();
    const backMs = performance.now();
    await assertAllArrived(mesh, answered, { limitMs: 900_000 });
    const dropped = await readMetric(mesh, "second.sidecar", "progress_reports_dropped_total");
    const ratio = rateWithout / rateWith;
    assertFelt("the gateway is gone for minutes", {
      stillToDo: ready,
      noticed: countLines(linesOf(mesh, "sidecar"), "the gateway takes no progress"),
      finalsHeld: countLines(linesOf(mesh, "happy-end"), "a message goes back to its queue"),
    }, {
      jobs: scale.jobs,
      rateWith,
      rateWithout,
      ratio,
      dropped,
      awaySeconds: Math.round(awayMs / 1_000),
      lastEndSeconds: Math.round((performance.now() - backMs) / 1_000),
      seconds: Math.round((performance.now() - startMs) / 1_000),
    });
    assert.ok(ratio >= LEAST_RATIO, `${ratio} of the rate`);
    assert.ok(stretch < 1 || dropped > 0, "reports beyond what is kept are dropped, and counted");
    await assertStopsClean(mesh);
  },
});

/** Messages that the last step finishes in a second. */
async function rateOver(mesh: TestMesh, durationMs: number): Promise<number> {
  const count = () => readMetric(mesh, "third.sidecar", "messages_processed_total");
  const before = await count();
  const beganMs = performance.now();
  // This is the time that is measured.
  await pause(durationMs);
  return (await count() - before) / (performance.now() - beganMs) * 1_000;
}
