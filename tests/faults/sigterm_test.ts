/**
 * One unit after the other is told to end while it has messages in hand, all of its containers at
 * the same moment, as Kubernetes does when it brings out a new version.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq, type KeptProcess, poll, type TestMesh } from "../kit/mod.ts";
import { assertAllArrived } from "./arrival.ts";
import { callForJobs, walkArguments } from "./calls.ts";
import { assertFelt } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { untilBusy } from "./kill.ts";
import { printedRandom, readScale } from "./scale.ts";

const rabbitmq = await findRabbitmq();

const GATEWAY = "gateway";
const UNITS = [GATEWAY, "first", "second", "third", "happy-end", "error-end"];

/** A message is long in hand. */
const MAX_WORK_MS = 400;

/** What Kubernetes gives a container by default. */
const GRACE_MS = 30_000;

Deno.test({
  name: "[D11] [D16] every job arrives, and every exit is clean, while units are told to end",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({ vhost });
    const startMs = performance.now();
    const scale = readScale(40);
    const calling = callForJobs(mesh, printedRandom(), {
      ...scale,
      argumentsOf: (n, random) => ({
        ...walkArguments(n, random),
        workMs: Math.floor(random() * MAX_WORK_MS),
      }),
    });
    const restarts: Restart[] = [];
    do {
      for (const unit of UNITS) restarts.push(await restart(mesh, unit));
    } while (performance.now() - startMs < scale.durationMs);
    await assertAllArrived(mesh, await calling);
    for (const { plan, lives } of mesh.processes.values()) {
      for (const life of lives.slice(0, -1)) {
        assert.equal(life.status?.code, 0, `${plan.name} ended well:\n${life.output}`);
      }
    }
    assertFelt("units are told to end", {
      restarts: restarts.length,
      amidstWork: restarts.filter(({ inHand }) => inHand > 0).length,
    }, {
      jobs: scale.jobs,
      inHand: restarts.reduce((sum, { inHand }) => sum + inHand, 0),
      slowestMs: Math.max(...restarts.map(({ endedMs }) => endedMs)),
      seconds: Math.round((performance.now() - startMs) / 1_000),
    });
    await assertStopsClean(mesh);
  },
});

/** How a unit ended. */
interface Restart {
  /** Messages that it had in hand when it was told to. */
  readonly inHand: number;
  /** How long its last process took. */
  readonly endedMs: number;
}

async function restart(mesh: TestMesh, unit: string): Promise<Restart> {
  const processes = [...mesh.processes.values()].filter(({ plan }) => plan.unit === unit);
  if (unit !== GATEWAY) await untilBusy(mesh, unit);
  const { unacked: inHand } = unit === GATEWAY ? { unacked: 0 } : await mesh.queues.holds(unit);
  const toldMs = performance.now();
  await Promise.all(processes.map(end));
  const endedMs = Math.round(performance.now() - toldMs);
  await mesh.waitUntilReady();
  return { inHand, endedMs };
}

async function end(process: KeptProcess): Promise<void> {
  const { now } = process;
  now.signal("SIGTERM");
  await now.ended(GRACE_MS);
  await poll(`${process.plan.name} to be started again`, () => process.now !== now);
}
