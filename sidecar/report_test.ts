import assert from "node:assert/strict";
import type { JobProgress } from "@asya/protocol";
import type { Event } from "./events.ts";
import { type PostResult, ProgressReporter } from "./report.ts";
import { FakeClock, turn } from "./testing/fake_clock.ts";

interface Given {
  readonly clock: FakeClock;
  readonly reporter: ProgressReporter;
  readonly events: Event[];
  /** Batches as they were posted, by the reports' messages. */
  readonly batches: string[][];
  readonly inactive: string[];
  /** Answers the batch that is under way. */
  readonly answer: (result?: PostResult) => Promise<void>;
}

const ACCEPTED: PostResult = { kind: "accepted", inactive: [] };

function given(): Given {
  const clock = new FakeClock();
  const events: Event[] = [];
  const batches: string[][] = [];
  const inactive: string[] = [];
  let resolvePost = (_: PostResult) => {};
  const reporter = new ProgressReporter({
    clock,
    streamWaitMs: 250,
    random: () => 0,
    emit: (event) => events.push(event),
    onInactive: (ids) => inactive.push(...ids),
    post: (reports) => {
      batches.push(reports.map(({ json }) => JSON.parse(json).message));
      return new Promise((resolve) => resolvePost = resolve);
    },
  });
  const answer = async (result = ACCEPTED) => {
    resolvePost(result);
    await turn();
  };
  return { clock, reporter, events, batches, inactive, answer };
}

function progress(message: string, jobId = "j1"): JobProgress {
  const report = { step: "ocr", stepIndex: 0, totalSteps: 1, actorName: "ocr", message };
  return { jobId, report: { ...report, status: "processing" } };
}

const core = (name: string, fn: (context: Given) => Promise<void>) =>
  Deno.test({ name: `[D12] ${name}`, permissions: "none", fn: () => fn(given()) });

core("a report that comes alone goes at once", async (t) => {
  t.reporter.report(progress("a"));
  await t.clock.pass(0);
  assert.deepEqual(t.batches, [["a"]]);
  await t.answer();
  await t.clock.pass(20);
  t.reporter.report(progress("b"));
  await t.clock.pass(0);
  assert.deepEqual(t.batches, [["a"], ["b"]]);
});

core(
  "under load reports are gathered for at most 20 ms, in order, one batch at a time",
  async (t) => {
    t.reporter.report(progress("a"));
    await t.clock.pass(0);
    t.reporter.report(progress("b"));
    await t.clock.pass(15);
    t.reporter.report(progress("c"));
    await t.answer();
    assert.deepEqual(t.batches, [["a"]], "20 ms are not over");
    await t.clock.pass(5);
    assert.deepEqual(t.batches, [["a"], ["b", "c"]]);
    t.reporter.report(progress("d"));
    await t.clock.pass(1000);
    assert.equal(t.batches.length, 2, "the batch before has not been answered");
    await t.answer();
    await t.clock.pass(0);
    assert.deepEqual(t.batches[2], ["d"]);
  },
);

core("a gateway that is away gets the same reports later, and is logged once", async (t) => {
  t.reporter.report(progress("a"));
  await t.clock.pass(0);
  for (let time = 0; time < 3; time++) {
    await t.answer({ kind: "unreachable", reason: "TypeError" });
    t.reporter.report(progress(`b${time}`));
    await t.clock.pass(10_000);
  }
  await t.answer();
  assert.deepEqual(t.batches.at(-1), ["a", "b0", "b1", "b2"]);
  assert.deepEqual(t.events.map(({ kind }) => kind), ["gateway_away", "gateway_back"]);
});

core("there is room for so many reports; the oldest are dropped and counted", async (t) => {
  t.reporter.report(progress("first"));
  await t.clock.pass(0);
  await t.answer({ kind: "unreachable", reason: "TypeError" });
  for (let number = 0; number < 10_000; number++) t.reporter.report(progress(`${number}`));
  assert.deepEqual(t.events.slice(1), [
    { kind: "progress_dropped", reports: 1000, why: "full", detail: "" },
  ]);
  await t.clock.pass(10_000);
  assert.equal(t.batches[1]?.[0], "999");
});

core("a batch that is refused is dropped and counted, and the next one is sent", async (t) => {
  t.reporter.report(progress("a"));
  await t.clock.pass(0);
  t.reporter.report(progress("b"));
  await t.answer({ kind: "refused", status: 401 });
  assert.deepEqual(t.events, [{
    kind: "progress_dropped",
    reports: 1,
    why: "refused",
    detail: "the gateway answered 401",
  }]);
  await t.clock.pass(20);
  assert.deepEqual(t.batches, [["a"], ["b"]]);
});

core("a chunk that is too large is dropped and counted", async (t) => {
  t.reporter.report(progress("x".repeat(300_000)));
  await t.clock.pass(1000);
  assert.deepEqual(t.batches, []);
  assert.equal(t.events[0]?.kind, "progress_dropped");
});

core("a batch has its limits", async (t) => {
  for (let number = 0; number < 2_100; number++) t.reporter.report(progress(`${number}`));
  await t.clock.pass(0);
  assert.equal(t.batches[0]?.length, 2_000);
  await t.answer();
  for (let number = 0; number < 9; number++) {
    t.reporter.report(progress("x".repeat(200_000)));
  }
  await t.clock.pass(20);
  assert.equal(t.batches[1]?.length, 105, "100 short ones, and what 1 MiB holds of long ones");
});

core("jobs that nobody waits for are passed on", async (t) => {
  t.reporter.report(progress("a"));
  await t.clock.pass(0);
  await t.answer({ kind: "accepted", inactive: ["j1", "j7"] });
  assert.deepEqual(t.inactive, ["j1", "j7"]);
});

core("while work goes on it is reported again every 5 s", async (t) => {
  const end = t.reporter.begin(progress("a"));
  await t.clock.pass(0);
  await t.answer();
  await t.clock.pass(4_000);
  const endB = t.reporter.begin(progress("b"));
  await t.clock.pass(0);
  await t.answer();
  await t.clock.pass(1_000);
  assert.deepEqual(t.batches, [["a"], ["b"], ["a"]], "b has only just begun");
  await t.answer();
  end();
  await t.clock.pass(5_000);
  assert.deepEqual(t.batches.slice(3), [["b"]]);
  endB();
  await t.answer();
  await t.clock.pass(60_000);
  assert.equal(t.batches.length, 4);
  assert.equal(t.clock.waiting, 0);
});

core("a close sends what waits, then takes no more", async (t) => {
  t.reporter.report(progress("a"));
  await t.clock.pass(0);
  t.reporter.report(progress("b"));
  let isClosed = false;
  t.reporter.close(5000).then(() => isClosed = true);
  await t.answer();
  await t.clock.pass(20);
  assert.equal(isClosed, false);
  await t.answer();
  assert.equal(isClosed, true);
  assert.deepEqual(t.batches, [["a"], ["b"]]);
  t.reporter.report(progress("late"));
  assert.deepEqual(t.events, [{ kind: "progress_dropped", reports: 1, why: "late", detail: "" }]);
  assert.equal(t.clock.waiting, 0);
});

core("a close does not wait for a gateway for ever", async (t) => {
  t.reporter.report(progress("a"));
  await t.clock.pass(0);
  t.reporter.report(progress("b"));
  let isClosed = false;
  t.reporter.close(5000).then(() => isClosed = true);
  await t.clock.pass(5000);
  assert.equal(isClosed, true);
  assert.deepEqual(t.events, [{ kind: "progress_dropped", reports: 1, why: "late", detail: "" }]);
});

core("who waits for a report has it sent at once, behind the batch under way", async (t) => {
  t.reporter.report(progress("a"));
  await t.clock.pass(0);
  await t.answer();
  let isSettled = false;
  t.reporter.settled(t.reporter.report(progress("b"))).then(() => isSettled = true);
  await t.clock.pass(0);
  assert.deepEqual(t.batches, [["a"], ["b"]], "20 ms are not over");
  let isNextSettled = false;
  t.reporter.settled(t.reporter.report(progress("c"))).then(() => isNextSettled = true);
  await t.answer();
  await t.clock.pass(0);
  assert.deepEqual([isSettled, isNextSettled], [true, false]);
  assert.deepEqual(t.batches[2], ["c"]);
  await t.answer();
  assert(isNextSettled);
  assert.equal(t.clock.waiting, 0);
});

core("a report that was refused or dropped is waited for no longer", async (t) => {
  const number = t.reporter.report(progress("a"));
  let isSettled = false;
  t.reporter.settled(number).then(() => isSettled = true);
  await t.clock.pass(0);
  await t.answer({ kind: "refused", status: 401 });
  assert(isSettled);
  assert.equal(t.reporter.report(progress("x".repeat(300_000))), 0);
  await t.reporter.settled(0);
});

core("while the gateway is away nobody waits, and no report is sent sooner", async (t) => {
  let settled = 0;
  t.reporter.settled(t.reporter.report(progress("a"))).then(() => settled++);
  await t.clock.pass(0);
  await t.answer({ kind: "unreachable", reason: "TypeError" });
  assert.equal(settled, 1);
  t.reporter.settled(t.reporter.report(progress("b"))).then(() => settled++);
  await t.clock.pass(0);
  assert.equal(settled, 2);
  assert.equal(t.batches.length, 1);
});
