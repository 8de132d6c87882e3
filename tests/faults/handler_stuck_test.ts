/**
 * Handlers that never come back: some wait for ever, some keep the processor for themselves.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject } from "@asya/protocol";
import { findRabbitmq, type ShownJob } from "../kit/mod.ts";
import { assertAllArrived } from "./arrival.ts";
import { callForJobs, walkArguments } from "./calls.ts";
import { assertFelt, countLines, linesOf } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { printedRandom, readScale } from "./scale.ts";

const rabbitmq = await findRabbitmq();

const MESH = `
name: stuck
actors:
  - { name: first, handler: ./steps.ts#split, concurrency: 4 }
  - { name: second, handler: ./acts.ts#act, concurrency: 4, timeout: 2s }
  - { name: third, handler: ./steps.ts#walk, concurrency: 4 }
tools:
  - name: walk
    parameters:
      { n: { type: integer }, branches: { type: integer }, workMs: { type: integer }, do: { type: string } }
    route: [first, second, third]
    timeout: 1200
`;

/** Of so many jobs one gets stuck, by turns in each way. */
const ONE_OF = 40;
const WAYS = ["hang", "spin", "spin later"];

const wayOf = ({ payload }: ShownJob) => isJsonObject(payload ?? null) ? payload.do : undefined;

Deno.test({
  name: "[R3] [D16] what hangs or spins fails by its deadline, and harms nobody beside it",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({ yaml: MESH, vhost });
    const startMs = performance.now();
    const answered = await callForJobs(mesh, printedRandom(), {
      ...readScale(60),
      argumentsOf: (n, random) =>
        n % ONE_OF === 1
          ? { n, do: WAYS[Math.floor(n / ONE_OF) % WAYS.length]!, workMs: Math.floor(random() * 100) }
          : walkArguments(n, random),
    });
    const jobs = await assertAllArrived(mesh, answered, {
      failureOf: (job) => wayOf(job) === undefined ? undefined : "timeout_error",
    });
    const stuck = jobs.filter((job) => wayOf(job) !== undefined);
    assert.deepEqual(
      new Set(stuck.map(({ error_details }) => error_details?.step)),
      new Set(["second"]),
    );
    const sidecar = linesOf(mesh, "second.sidecar");
    const runtime = linesOf(mesh, "second.runtime");
    assert.equal(countLines(sidecar, "a message goes back to its queue to be tried again"), 0);
    assertFelt("handlers hang and spin", {
      stuck: stuck.length,
      killed: countLines(runtime, "handler process had to be killed", { why: "blocked" }),
      recycled: countLines(runtime, "beginning anew, since a handler cannot be stopped"),
      died: countLines(sidecar, "the runtime died during calls"),
    }, { jobs: jobs.length, seconds: (performance.now() - startMs) / 1000 });
    await assertStopsClean(mesh);
  },
});
