/**
 * Queues that nobody has made, where nobody may make any: one that comes in time, one that never
 * does, and a first one that never does.
 *
 * @module
 */
import { TERMINAL_QUEUES } from "@asya/protocol";
import assert from "node:assert/strict";
import { findRabbitmq, pause, poll, Queues } from "../../kit/mod.ts";
import { assertAllArrived, type EndedJob } from "../arrival.ts";
import { callForJobs } from "../calls.ts";
import { assertFelt, countLines, linesOf } from "../felt.ts";
import { assertStopsClean, startFleet } from "../fleet.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();

/** `late` is there after a while; `nowhere` and `absent` never are. */
const MESH = `
name: missing
actors:
  - { name: first, handler: ./steps.ts#walk, concurrency: 4 }
  - { name: second, handler: ./steps.ts#split, concurrency: 4, prefetch: 2000 }
  - { name: late, handler: ./steps.ts#walk, concurrency: 4 }
  - { name: nowhere, handler: ./steps.ts#walk }
  - { name: absent, handler: ./steps.ts#walk }
tools:
  - { name: walk, route: [first, second, late], timeout: 1200, parameters: &walk {
      n: { type: integer }, branches: { type: integer }, workMs: { type: integer } } }
  - { name: stray, route: [first, second, nowhere], timeout: 1200, parameters: *walk }
  - { name: start_astray, route: [absent, second], timeout: 1200, parameters: *walk }
`;

/** How long a missing queue is waited for, and after how much of it the late one comes. */
const ROUTE_WAIT_MS = 8_000;
const LATE_MS = 4_000;

Deno.test({
  name: "[D3] [D16] queues that are missing, where none may be made: one comes, others never do",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    const startedMs = performance.now();
    const random = printedRandom();
    const walks = readScale(50, 0.5);
    const strays = readScale(50, 0.4);
    const astray = readScale(50, 0.1);
    await using vhost = await rabbitmq.createVhost();
    await using queues = Queues.openIn(vhost);
    await queues.declare(["first", "second", ...Object.values(TERMINAL_QUEUES)]);
    const wait = { ASYA_ROUTE_WAIT: `${ROUTE_WAIT_MS}ms` };
    await using mesh = await startFleet({
      vhost,
      yaml: MESH,
      only: ["gateway", "first", "second", "late", "happy-end", "error-end"],
      env: { gateway: wait, sidecar: { ...wait, ASYA_QUEUE_CREATE: "none" } },
    });
    const calling = Promise.all([
      callForJobs(mesh, random, walks),
      callForJobs(mesh, random, { ...strays, tool: "stray" }),
      callForJobs(mesh, random, { ...astray, tool: "start_astray" }),
    ]);
    await poll("the first message without a way", () => unroutableIn(linesOf(mesh, "second")) > 0);
    // The queue comes after some messages have waited for it, and before any has given up.
    await pause(LATE_MS);
    const before = (await vhost.admin.queues(vhost.name)).map(({ name }) => name);
    await queues.declare(["late"]);

    const [walked, strayed, lost] = await calling;
    const failed = new Set([...strayed, ...lost]);
    const failsAtGateway = ({ id }: EndedJob) => lost.includes(id);
    const jobs = await assertAllArrived(mesh, [...walked, ...failed], {
      failureOf: ({ id }) => failed.has(id) ? "route_error" : undefined,
      failsAtGateway,
    });
    for (const job of jobs.filter(({ id }) => failed.has(id))) {
      if (failsAtGateway(job)) assert.match(String(job.error), /no queue named "absent"/);
      else assert.match(String(job.error_details?.message), /no queue "nowhere"/);
    }
    assert.deepEqual(before.filter((name) => /late|nowhere|absent/.test(name)), []);
    const after = (await vhost.admin.queues(vhost.name)).map(({ name }) => name);
    assert.deepEqual(after.filter((name) => /nowhere|absent/.test(name)), []);
    assertFelt("queues missing, creation off", {
      unroutable: unroutableIn(linesOf(mesh, "second")),
      walked: walked.length,
      strayed: strayed.length,
      lost: lost.length,
    }, {
      jobs: jobs.length,
      seconds: Math.round((performance.now() - startedMs) / 1_000),
    });
    await assertStopsClean(mesh);
  },
});

function unroutableIn(lines: ReturnType<typeof linesOf>): number {
  return countLines(lines, "a publish was not confirmed and is repeated", {
    outcome: "unroutable",
  });
}
