/**
 * A runtime that is not there: for a minute, or because it takes long to start.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  cpuMsOf,
  findRabbitmq,
  pause,
  poll,
  rssMbOf,
  type TestMesh,
  type TestVhost,
} from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { callForJobs } from "../calls.ts";
import { assertFelt } from "../felt.ts";
import { assertStopsClean, startFleet } from "../fleet.ts";
import { killRuntime } from "../kill.ts";
import { readMetric } from "../metrics.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();

const CONCURRENCY = 4;
const MESH = `
name: slow
actors:
  - { name: first, handler: ./steps.ts#split, concurrency: 4 }
  - { name: second, handler: ./slow_start.ts#walk, concurrency: ${CONCURRENCY} }
  - { name: third, handler: ./steps.ts#walk, concurrency: 4 }
tools:
  - name: walk
    parameters: { n: { type: integer }, branches: { type: integer }, workMs: { type: integer } }
    route: [first, second, third]
    timeout: 1200
`;

/** After this the sidecar has given back what it had for the runtime. */
const GIVEN_BACK_MS = 7_000;

const RESUME_LIMIT_MS = 2_000;
const IDLE_PERCENT = 5;
const IDLE_MB = 150;

/** What is seen while the runtime is away. */
interface Absence {
  readonly consumers: number;
  readonly unacked: number;
  readonly cpuPercent: number;
  readonly rssMb: number;
}

Deno.test({
  name: "[D4] [D16] [D20] a runtime that is gone for a minute costs no message anything",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({ vhost });
    await beWithoutRuntime(mesh, vhost, {
      fault: "the runtime is gone for a minute",
      take: () => {
        mesh.process("second.runtime").keepAway();
        killRuntime(mesh, "second.runtime");
      },
      awayMs: 60_000,
    });
  },
});

Deno.test({
  name: "[D4] [D16] [D20] a runtime that takes ten seconds to start costs no message anything",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({ vhost, yaml: MESH });
    await beWithoutRuntime(mesh, vhost, {
      fault: "the runtime takes ten seconds to start",
      take: () => mesh.process("second.runtime").now.signal("SIGTERM"),
      awayMs: 10_000,
    });
  },
});

interface AbsenceOptions {
  readonly fault: string;
  readonly take: () => void;
  readonly awayMs: number;
}

async function beWithoutRuntime(
  mesh: TestMesh,
  vhost: TestVhost,
  { fault, take, awayMs }: AbsenceOptions,
): Promise<void> {
  const scale = readScale(40);
  const calling = callForJobs(mesh, printedRandom(), scale);
  // Lets the load build up.
  await pause(scale.durationMs / 4);
  take();
  const tookMs = performance.now();
  const absence = await lookAtAbsence(mesh, vhost, awayMs);
  // The rest of the time for which it is away.
  await pause(Math.max(0, tookMs + awayMs - performance.now()));
  const { resumedMs, backMs } = await comeBack(mesh, tookMs);
  await assertAllArrived(mesh, await calling);
  const failed = await readMetric(mesh, "error-end.sidecar", "messages_received_total");
  assertFelt(fault, { awayMs: Math.round(backMs), resumedMs }, {
    jobs: scale.jobs,
    ...absence,
    failed,
    seconds: Math.round((performance.now() - tookMs + scale.durationMs / 4) / 1_000),
  });
  assert.equal(failed, 0, "nothing goes to error-end because the runtime is away");
  assert.equal(absence.consumers, 0, "no messages are taken");
  // Those that were with the runtime wait for the next instance to tell whose fault its end was.
  assert.ok(absence.unacked <= CONCURRENCY, `${absence.unacked} messages are held`);
  assert.ok(absence.cpuPercent < IDLE_PERCENT, `${absence.cpuPercent} % of a processor`);
  assert.ok(absence.rssMb < IDLE_MB, `${absence.rssMb} MB`);
  assert.ok(backMs >= awayMs);
  assert.ok(resumedMs < RESUME_LIMIT_MS, `work resumed after ${resumedMs} ms`);
  await assertStopsClean(mesh);
}

async function lookAtAbsence(
  mesh: TestMesh,
  { name, admin }: TestVhost,
  awayMs: number,
): Promise<Absence> {
  const { pid } = mesh.process("second.sidecar").now;
  // This is how long a sidecar keeps what it has for a runtime that may be back at once.
  await pause(GIVEN_BACK_MS);
  const cpuMs = cpuMsOf(pid);
  const idleMs = awayMs - GIVEN_BACK_MS - 500;
  // This is the time that is measured.
  await pause(idleMs);
  const consumers = await admin.get<{ queue: { name: string } }[]>(
    `consumers/${encodeURIComponent(name)}`,
  );
  return {
    consumers: consumers.filter(({ queue }) => queue.name === "second").length,
    unacked: (await mesh.queues.holds("second")).unacked,
    cpuPercent: (cpuMsOf(pid) - cpuMs) / idleMs * 100,
    rssMb: Math.round(rssMbOf(pid)),
  };
}

/** Brings the runtime back, and measures how long work took to go on from its first readiness. */
async function comeBack(mesh: TestMesh, tookMs: number) {
  const processed = () => readMetric(mesh, "second.sidecar", "messages_processed_total");
  const before = await processed();
  const runtime = mesh.process("second.runtime");
  runtime.bringBack();
  await poll("another runtime", () => runtime.lives.length > 1);
  await runtime.now.waitForLine("handler is ready", 30_000);
  const readyMs = performance.now();
  await poll("work to go on", async () => await processed() > before, { everyMs: 10 });
  return {
    resumedMs: Math.max(1, Math.round(performance.now() - readyMs)),
    backMs: readyMs - tookMs,
  };
}
