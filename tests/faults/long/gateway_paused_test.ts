/**
 * A gateway that stands still for longer than its lease, as a frozen machine does, and goes on as if
 * nothing had happened: it looked after deadlines, and had messages in hand.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findPostgres, findRabbitmq, inTime, pause, poll } from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { assertFelt, countLines } from "../felt.ts";
import { assertStopsClean } from "../fleet.ts";
import { Gateways, hasWalkedOnce, type Replica } from "../gateways.ts";
import { printedRandom, readScale } from "../scale.ts";
import { assertWatched, callReplicas, watch } from "../watch_jobs.ts";

const [postgres, rabbitmq] = [await findPostgres(), await findRabbitmq()];

/** Longer than a lease on messages, and than the server waits for a leader that says nothing. */
const STOPPED_MS = 25_000;

const LEADS = "this gateway looks after deadlines and old jobs";
const IS_LED = "another gateway looks after deadlines and old jobs";
const TIMED_OUT = "job timed out";

Deno.test({
  name: "[G2] [G3] [G8] [G11] [D16] a gateway stands still for long, another one leads and sends",
  ignore: postgres.isMissing || rabbitmq.isMissing,
  fn: async () => {
    const random = printedRandom();
    const scale = readScale(20);
    await using database = await postgres.createDatabase();
    await using vhost = await rabbitmq.createVhost();
    await using gateways = await Gateways.start({
      databaseUrls: [database.url, database.url],
      vhost,
    });
    const { mesh, replicas } = gateways;
    const startedMs = Date.now();
    let count = 0;
    const calling = callReplicas(replicas, random, {
      ...scale,
      argumentsOf: (n) => ({ n, workMs: Math.floor(random() * 50) }),
      onAccepted: () => count++,
    });
    await poll("a quarter of the calls", () => count >= scale.jobs / 4, { timeoutMs: 60_000 });
    const leader = replicas.find((replica) => isLeading(replica));
    const other = replicas.find((replica) => replica !== leader);
    assert(leader && other);
    leader.process.now.signal("SIGSTOP");
    const resumeMs = Date.now() + STOPPED_MS;
    // A job that no actor will ever begin: nobody but a leader can notice its deadline.
    mesh.process("first.sidecar").keepAway();
    mesh.process("first.sidecar").now.signal("SIGKILL");
    const hurried = await callReplicas([other], random, {
      ...{ jobs: 5, durationMs: 0, tool: "hurried" },
      argumentsOf: (n) => ({ n }),
    });
    const ended = await inTime(
      "the end of jobs whose deadline has passed",
      Promise.all(hurried.accepted.map((id) => watch([other], id, 0))),
      STOPPED_MS,
    );
    assert.deepEqual(ended.map(({ ends }) => ends), ended.map(() => ["Failed"]));
    assert(isLeading(other), "the other one leads");
    assert(Date.now() < resumeMs, "while the first one stands still");
    mesh.process("first.sidecar").bringBack();
    // This is for how long it stands still.
    await pause(Math.max(0, resumeMs - Date.now()));
    leader.process.now.signal("SIGCONT");
    await poll("the one that stood still to know that it leads no more", () => !isLeading(leader), {
      timeoutMs: 30_000,
    });
    const { accepted, watching, failures } = await calling;
    await gateways.waitUntilReady();
    const jobs = await assertAllArrived(mesh, [...accepted, ...hurried.accepted], {
      hasResult: hasWalkedOnce,
      // Their messages go on to error-end, since their deadline has passed.
      failureOf: ({ error }) => error === TIMED_OUT ? TIMED_OUT : undefined,
    });
    assertWatched(await inTime("the end of all streams", watching, 60_000));
    assert.equal(replicas.filter((replica) => isLeading(replica)).length, 1);
    assertFelt("a gateway stands still", {
      timedOut: jobs.filter(({ error }) => error === TIMED_OUT).length,
      leaders: countLines(gateways.lines, LEADS),
    }, {
      ...{ jobs: jobs.length, failures, unheardOf: jobs.length - accepted.length },
      seconds: Math.round((Date.now() - startedMs) / 1_000),
    });
    await gateways.stop();
    await assertStopsClean(mesh);
  },
});

/** Whether a gateway said last that it leads. */
function isLeading({ process }: Replica): boolean {
  const said = process.now.lines.filter(({ message }) => message === LEADS || message === IS_LED);
  return said.at(-1)?.message === LEADS;
}
