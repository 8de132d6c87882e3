import assert from "node:assert/strict";
import fc from "fast-check";
import {
  applyCancel,
  applyDeadline,
  applyFinal,
  applyHeartbeat,
  applyProgress,
  applyUndeliverable,
  type Branch,
  type BranchReport,
  createJob,
  type FinalReport,
  gatherBranches,
  isInactive,
  isTerminal,
  type Job,
  type JobChange,
  type JobState,
  jobToWire,
  type JobUpdate,
  type Json,
  lineageOf,
  MAX_JOB_PARTIAL_CHARS,
  MAX_JOB_UPDATES,
  type ProgressReport,
  readBookkeeping,
  replayOf,
} from "./mod.ts";

const start = new Date("2026-01-01T00:00:00Z");
const STEPS = ["a", "b", "c"];
const NEW_JOB = { id: "j", tool: "t", timeoutSeconds: 60 };

/** A job with everything a store keeps beside it, as a store would drive it. */
class Driven {
  job: Job;
  result: Json | undefined;
  readonly branches = new Map<string, Branch>();
  readonly ended: BranchReport[] = [];
  readonly updates: JobUpdate[] = [];
  askedForEnded = 0;

  constructor(spec: { steps?: string[]; timeoutSeconds?: number } = {}) {
    const { steps = STEPS, timeoutSeconds = 60 } = spec;
    this.job = createJob({ id: "j", tool: "t", steps, timeoutSeconds }, start);
  }

  progress(report: Partial<ProgressReport>, now = start): this {
    const stepIndex = report.stepIndex ?? 0;
    const full: ProgressReport = {
      step: STEPS[stepIndex] ?? "?",
      stepIndex,
      totalSteps: STEPS.length,
      status: "received",
      actorName: "actor",
      message: "",
      ...report,
    };
    return this.apply((state) => applyProgress(state, full, now), full.branch);
  }

  final(report: Partial<FinalReport>, now = start): this {
    const full: FinalReport = { status: "succeeded", ...report };
    return this.apply((state) => applyFinal(state, full, now), full.branch);
  }

  apply(transition: (state: JobState) => JobChange, branch?: string): this {
    const known = new Map(
      lineageOf(branch ?? "/").flatMap((at) => {
        const found = this.branches.get(at);
        return found ? [[at, found] as const] : [];
      }),
    );
    const state = { job: this.job, branches: known };
    let change = transition(state);
    if (change.kind === "needs_ended") {
      this.askedForEnded++;
      change = transition({ ...state, ended: this.ended });
      assert.notEqual(change.kind, "needs_ended");
    }
    if (change.kind !== "changed") return this;
    this.job = change.job;
    this.updates.push(...change.updates);
    if (change.result !== undefined) this.result = change.result;
    for (const moved of change.branches ?? []) this.branches.set(moved.lineage, moved);
    if (change.ended) this.ended.push(change.ended);
    return this;
  }
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `job: ${name}`, permissions: "none", fn });
}

test("begins pending, with its times in the route's bookkeeping and the sender's metadata", () => {
  const job = createJob({
    id: "j",
    tool: "t",
    steps: STEPS,
    metadata: { team: "ml", asya: { branch: "/0:2:forged" } },
    joins: [2],
    timeoutSeconds: 0.5,
    replayOf: "old",
    owner: "me",
  }, start);
  assert.equal(job.deadline, "2026-01-01T00:00:00.500Z");
  assert.equal(job.route.metadata.team, "ml");
  assert.deepEqual(readBookkeeping(job.route), {
    created: job.createdAt,
    deadline: job.deadline,
    replay: "old",
    joins: [2],
  });
});

test("goes Pending, Running, Succeeded, and its progress follows the reports", () => {
  const driven = new Driven();
  const seen = [driven.job.progressPercent];
  for (const stepIndex of [0, 1, 2]) {
    for (const status of ["received", "processing", "completed"] as const) {
      seen.push(driven.progress({ stepIndex, status }).job.progressPercent);
    }
  }
  assert.deepEqual(seen, [0, 3.3, 16.7, 33.3, 36.7, 50, 66.7, 70, 83.3, 100]);
  assert.equal(driven.job.status, "Running");
  driven.final({ result: { n: 1 }, resultUri: "file:///r.json" });
  assert.equal(driven.job.status, "Succeeded");
  assert.equal(driven.updates.length, 10);
  const wire = jobToWire(driven.job, { payload: {}, result: driven.result });
  assert.deepEqual(
    [wire.result, wire.result_uri, wire.steps_completed, wire.current_step, wire.progress_percent],
    [{ n: 1 }, "file:///r.json", 3, "c", 100],
  );
  assert.equal(wire.update_count, 10);
});

test("progress never goes down, whatever order reports come in", () => {
  const driven = new Driven().progress({ stepIndex: 1, status: "processing" })
    .progress({ stepIndex: 0, status: "completed" });
  assert.equal(driven.job.progressPercent, 50);
  assert.equal(driven.job.currentStep, "b");
  assert.deepEqual(driven.updates.map((update) => update.progressPercent), [50, 50]);
});

test("a longer route does not take progress back", () => {
  const driven = new Driven().progress({ stepIndex: 1, status: "completed" })
    .progress({ stepIndex: 2, totalSteps: 9 });
  assert.equal(driven.job.progressPercent, 66.7);
  assert.equal(driven.job.totalSteps, 9);
});

test("a failure at 100 shows 99.9, and lower progress stays", () => {
  const done = new Driven().progress({ stepIndex: 2, status: "completed" });
  assert.equal(done.job.progressPercent, 100);
  assert.equal(done.final({ status: "failed", error: "x" }).job.progressPercent, 99.9);
  const half = new Driven().progress({ stepIndex: 1, status: "processing" });
  assert.equal(half.final({ status: "failed" }).job.progressPercent, 50);
});

test("a success records what nobody reported, in order, before its end", () => {
  const driven = new Driven().progress({ stepIndex: 0 }).progress({ stepIndex: 1 });
  driven.final({ steps: ["a", "b", "x", "d"], current: 3 });
  assert.deepEqual(driven.updates.map(({ step, stepStatus }) => `${step}:${stepStatus}`), [
    "a:received",
    "b:received",
    "a:processing",
    "a:completed",
    "b:processing",
    "b:completed",
    "x:received",
    "x:processing",
    "x:completed",
    "undefined:undefined",
  ]);
  assert.deepEqual(driven.job.route.steps, ["a", "b", "x", "d"]);
  assert.equal(driven.job.currentStep, "x");
});

test("a success with a route of any length is recorded as far as there is room", () => {
  const steps = Array.from({ length: 200_000 }, (_, index) => `s${index}`);
  const driven = new Driven({ timeoutSeconds: 60 }).progress({}).final({ steps });
  assert.equal(driven.job.status, "Succeeded");
  assert.ok(driven.updates.length <= MAX_JOB_UPDATES + 1);
  assert.equal(driven.updates.at(-1)?.status, "Succeeded");
  assert.equal(jobToWire(driven.job, {}).steps_completed, steps.length);
});

test("a replay does not record the steps before its first", () => {
  const old = new Driven().final({ status: "failed" }).job;
  const replay = replayOf(old, { id: "j2", fromStep: 2, owner: "me" });
  assert(replay.ok);
  const job = createJob(replay.job, start);
  assert.deepEqual([job.replayOf, job.route.current, job.owner], ["j", 2, "me"]);
  const change = applyFinal({ job }, { status: "succeeded" }, start);
  assert(change.kind === "changed");
  assert.deepEqual(change.updates.map(({ step }) => step), ["c", "c", "c", undefined]);
});

test("a replay from a step that is not there is refused", () => {
  for (const fromStep of [-1, 3, 0.5, NaN]) {
    assert.equal(replayOf(new Driven().job, { id: "j2", fromStep }).ok, false, String(fromStep));
  }
});

test("the message of a progress update begins with its status word, once", () => {
  const driven = new Driven().progress({ status: "received" })
    .progress({ status: "processing", message: "page 2 of 7" })
    .progress({ status: "completed", message: "completed in 3 s" });
  assert.deepEqual(driven.updates.map(({ message }) => message), [
    "received: a",
    "processing: page 2 of 7",
    "completed in 3 s",
  ]);
});

const ends: [string, (driven: Driven) => Driven, string, boolean][] = [
  ["success", (d) => d.final({ result: 1 }), "", false],
  ["failure", (d) => d.final({ status: "failed", error: "e" }), "e", false],
  [
    "failure without a code",
    (d) => d.final({ status: "failed", errorDetails: { message: "m" } }),
    "m",
    false,
  ],
  ["cancel", (d) => d.apply(({ job }) => applyCancel(job, start)), "job cancelled", true],
  [
    "deadline",
    (d) => d.apply(({ job }) => applyDeadline(job, new Date(start.getTime() + 60_000))),
    "job timed out",
    true,
  ],
  ["no queue", (d) => d.apply(({ job }) => applyUndeliverable(job, "none", start)), "none", false],
];

for (const [name, end, error, inactive] of ends) {
  test(`${name} is terminal: nothing changes it, and it says what it is`, () => {
    const driven = end(new Driven());
    const { job } = driven;
    const count = driven.updates.length;
    assert.equal(isTerminal(job.status), true);
    assert.equal(job.error ?? "", error);
    assert.equal(isInactive(job), inactive);
    assert.equal(driven.updates.at(-1)?.status, job.status);
    const late = new Date(start.getTime() + 1e9);
    driven.progress({ stepIndex: 2 }, late).final({ status: "failed" }, late)
      .final({ result: 2 }, late).apply((state) => applyCancel(state.job, late))
      .apply((state) => applyDeadline(state.job, late))
      .apply((state) => applyUndeliverable(state.job, "x", late))
      .apply((state) =>
        applyHeartbeat(state.job, { actorName: "a", status: "error", message: "" }, late)
      );
    assert.equal(driven.job, job);
    assert.equal(driven.updates.length, count);
  });
}

test("whatever comes after the deadline finds a job that timed out", () => {
  const late = new Date(start.getTime() + 60_000);
  for (
    const come of [
      (d: Driven) => d.progress({}, late),
      (d: Driven) => d.final({ result: 1 }, late),
      (d: Driven) => d.final({ branch: "/0:2:ab" }, late),
      (d: Driven) => d.apply(({ job }) => applyCancel(job, late)),
    ]
  ) {
    const driven = come(new Driven());
    assert.equal(driven.job.error, "job timed out");
    assert.deepEqual(driven.updates.map(({ status }) => status), ["Failed"]);
    assert.equal(driven.result, undefined);
  }
});

test("a heartbeat starts a job, is not recorded again, and an error does not end it", () => {
  const driven = new Driven();
  for (const status of ["picked_up", "processing", "error", "completed"] as const) {
    driven.apply(({ job }) =>
      applyHeartbeat(job, { actorName: "x", status, message: "", stepIndex: 0 }, start)
    );
  }
  assert.equal(driven.job.status, "Running");
  assert.deepEqual(driven.updates.map(({ message }) => message), ["picked_up: x", "error: x"]);
  assert.equal(driven.updates[1]?.stepStatus, "error");
  assert.equal(driven.updates[1]?.step, "a");
});

test("streamed chunks are partials, a repeated one is ignored, a new try begins anew", () => {
  const chunk = { status: "processing" as const, partial: "x" };
  const driven = new Driven().progress({ ...chunk, seq: 0 }).progress({ ...chunk, seq: 1 })
    .progress({ ...chunk, seq: 1 }).progress({ ...chunk, seq: 0 }).progress(chunk);
  assert.equal(driven.updates.length, 3);
  driven.progress({ status: "received" }).progress({ ...chunk, seq: 0 });
  assert.deepEqual(driven.updates.map(({ kind }) => kind), [
    "partial",
    "partial",
    "partial",
    "update",
    "partial",
  ]);
  const branched = new Driven().progress({ ...chunk, seq: 0, branch: "/0:2:ab" })
    .progress({ ...chunk, seq: 0, branch: "/1:2:ab" })
    .progress({ ...chunk, seq: 0, branch: "/1:2:ab" });
  assert.equal(branched.updates.length, 2);
});

test("updates are bounded, and the last one is always recorded", () => {
  const driven = new Driven();
  driven.job = { ...driven.job, updateCount: MAX_JOB_UPDATES };
  driven.progress({ stepIndex: 1 });
  assert.equal(driven.updates.length, 0);
  assert.equal(driven.job.progressPercent, 36.7);
  driven.final({ result: 1 });
  assert.deepEqual(driven.updates.map(({ status }) => status), ["Succeeded"]);
});

test("streamed chunks are bounded in size, and progress goes on without them", () => {
  const driven = new Driven();
  driven.job = { ...driven.job, partialChars: MAX_JOB_PARTIAL_CHARS - 5 };
  const chunk = { stepIndex: 1, status: "processing" as const };
  driven.progress({ ...chunk, partial: "abcd" }).progress({ ...chunk, partial: "abc" });
  assert.deepEqual(driven.updates.map(({ partial }) => partial), ["abc"]);
  driven.progress({ stepIndex: 1, status: "completed" });
  assert.equal(driven.updates.length, 2);
});

test("fan-out: progress is the mean over known branches, siblings known at once", () => {
  const driven = new Driven().progress({ stepIndex: 0, status: "completed" });
  driven.progress({ stepIndex: 1, status: "completed", branch: "/0:2:ab" });
  assert.equal(driven.job.progressPercent, 50); // one at 66.7, one still at 33.3
  driven.progress({ stepIndex: 0, status: "completed" }); // late, of the step that fanned out
  driven.final({ branch: "/0:2:ab", result: "x" });
  assert.equal(driven.job.progressPercent, 66.7); // one at 100, one at 33.3
  assert.equal(driven.job.status, "Running");
});

test("fan-out: a step behind a join speaks for all branches", () => {
  const driven = new Driven().progress({ stepIndex: 0, status: "processing" });
  driven.progress({ stepIndex: 1, status: "completed", branch: "/0:2:ab" });
  driven.progress({ stepIndex: 0, status: "completed" });
  assert.equal(driven.job.progressPercent, 41.7); // one at 66.7, one still at 16.7
  driven.progress({ stepIndex: 2, status: "processing" });
  assert.equal(driven.job.progressPercent, 83.3);
});

test("fan-out: done when every branch is, with the results in branch order, nested", () => {
  const driven = new Driven().final({ branch: "/1:2:ab/1:2:cd", result: "1.1" })
    .final({ branch: "/1:2:ab/0:2:cd", result: "1.0" })
    .final({ branch: "/1:2:ab/0:2:cd", result: "again" });
  assert.equal(driven.job.status, "Running");
  driven.final({ branch: "/0:2:ab", result: null });
  assert.equal(driven.job.status, "Succeeded");
  assert.deepEqual(driven.result, [null, ["1.0", "1.1"]]);
  assert.equal(driven.askedForEnded, 1);
});

test("fan-out: a given-up branch fails the job, later ones still fill its partial results", () => {
  const driven = new Driven().final({ branch: "/0:3:ab", result: "x" })
    .final({ branch: "/1:3:ab", status: "failed", error: "oom_error" });
  assert.equal(driven.job.status, "Failed");
  assert.equal(driven.job.error, "oom_error");
  const { job } = driven;
  driven.final({ branch: "/2:3:ab", result: "z" });
  assert.equal(driven.job, job);
  assert.equal(isInactive(job), false);
  const wire = jobToWire(job, { payload: null, ended: driven.ended });
  assert.deepEqual(wire.partial_results, ["x", null, "z"]);
});

test("fan-out: the first group to complete wins, the other's reports change nothing", () => {
  const driven = new Driven().final({ branch: "/0:2:old", result: "old" })
    .final({ branch: "/1:2:new", status: "failed", error: "not of the standing group" });
  assert.equal(driven.job.status, "Running");
  driven.final({ branch: "/1:2:old", result: "old too" });
  assert.deepEqual(driven.result, ["old", "old too"]);
});

test("fan-out: what a job remembers does not grow with the branches that fan out again", () => {
  const driven = new Driven();
  const sizes = [1, 99].map((count) => {
    for (let turn = 0; turn < count; turn++) {
      const parent = `/${driven.ended.length}:100:ab`;
      driven.progress({ stepIndex: 2, branch: `${parent}/0:2:cd` }).final({ branch: parent });
    }
    const { fanOut } = driven.job;
    return JSON.stringify({ ...fanOut, leaves: 0, sum: 0 }).length;
  });
  assert.ok(sizes[1]! - sizes[0]! < 10, sizes.join(" "));
  assert.equal(driven.job.status, "Succeeded");
});

test("fan-out: ancestors that nobody reported are remembered with their groups", () => {
  const driven = new Driven().progress({ stepIndex: 1, branch: "/0:2:ab/1:3:cd/0:2:ef" });
  assert.deepEqual([...driven.branches.keys()].sort(), [
    "/0:2:ab",
    "/0:2:ab/1:3:cd",
    "/0:2:ab/1:3:cd/0:2:ef",
  ]);
  assert.equal(driven.job.fanOut?.leaves, 5);
  driven.final({ branch: "/0:2:ab/1:3:cd/0:2:ef" }).final({ branch: "/0:2:ab/1:3:cd/1:2:ef" });
  driven.final({ branch: "/0:2:ab/0:3:cd" }).final({ branch: "/0:2:ab/2:3:cd" });
  assert.equal(driven.job.status, "Running");
  driven.final({ branch: "/1:2:ab", result: 1 });
  assert.equal(driven.job.status, "Succeeded");
  assert.deepEqual(driven.result, [[null, [null, null], null], 1]);
});

test("fan-out: a report without a branch ends the job, as a join's does", () => {
  const driven = new Driven().final({ branch: "/0:2:ab", result: 1 }).final({ result: "merged" });
  assert.deepEqual(driven.result, "merged");
});

test("[J3] fan-out: late branches of a join neither hold up nor take back a job", () => {
  const driven = new Driven().progress({ stepIndex: 0, status: "completed" });
  for (const index of [0, 1]) {
    driven.progress({ stepIndex: 1, status: "completed", branch: `/${index}:4:ab` });
  }
  driven.progress({ stepIndex: 2, status: "received" });
  const behindJoin = driven.job.progressPercent;
  driven.progress({ stepIndex: 1, status: "received", branch: "/2:4:ab" });
  driven.progress({ stepIndex: 1, status: "completed", branch: "/2:4:ab" });
  assert.ok(driven.job.progressPercent >= behindJoin);
  driven.final({ result: { branches: ["a", "b", null, null], missing: [2, 3], failed: [] } });
  assert.equal(driven.job.status, "Succeeded");
  const { job } = driven;
  driven.progress({ stepIndex: 1, status: "completed", branch: "/3:4:ab" });
  assert.equal(driven.job, job);
});

test("[J3] fan-out: a branch whose own branches met is done with it, some of them never heard of", () => {
  const driven = new Driven().progress({ stepIndex: 1, branch: "/0:2:ab/1:3:cd" });
  driven.final({ branch: "/0:2:ab", result: "two of three" });
  driven.progress({ stepIndex: 1, status: "completed", branch: "/0:2:ab/2:3:cd" });
  assert.equal(driven.job.status, "Running");
  driven.final({ branch: "/1:2:ab", result: "one" });
  assert.equal(driven.job.status, "Succeeded");
  assert.deepEqual(driven.result, ["two of three", "one"]);
});

/** What is shown of a job's way. */
const wayOf = ({ route, totalSteps, currentStep }: Job) =>
  [route.steps.join(" "), route.current, currentStep, totalSteps] as const;

test("[W14] [G4] a route that a step has changed is shown as it is from then on", () => {
  const driven = new Driven({ steps: ["write", "judge"] });
  const at = (stepIndex: number, step: string, totalSteps: number) => ({
    stepIndex,
    step,
    totalSteps,
  });
  driven.progress(at(0, "write", 2)).progress({ ...at(1, "judge", 2), status: "processing" });
  assert.equal(driven.job.progressPercent, 75);
  const steps = ["write", "judge", "refine", "judge"];
  driven.progress({ ...at(1, "judge", 4), status: "completed", steps });
  assert.deepEqual(wayOf(driven.job), ["write judge refine judge", 1, "judge", 4]);
  assert.equal(driven.job.progressPercent, 75, "a longer way ahead is no step back");
  driven.progress({ ...at(3, "judge", 4), status: "processing" });
  assert.deepEqual(wayOf(driven.job), ["write judge refine judge", 3, "judge", 4]);
  driven.progress({
    ...at(3, "judge", 5),
    status: "completed",
    steps: [...steps, "publish"],
  });
  assert.deepEqual(wayOf(driven.job), ["write judge refine judge publish", 3, "judge", 5]);
  driven.final({ result: 1, steps: [...steps, "publish"], current: 5 });
  assert.deepEqual(wayOf(driven.job), ["write judge refine judge publish", 5, "publish", 5]);
  assert.deepEqual(
    driven.job.rerouted,
    { planned: ["write", "judge"], atStep: 3 },
  );
});

test("[W14] a changed route that is told of late counts, unless a later step changed it again", () => {
  const driven = new Driven({ steps: ["a", "b"] });
  const longer = ["a", "x", "b"];
  driven.progress({ stepIndex: 1, step: "x", totalSteps: 3 });
  assert.deepEqual(wayOf(driven.job), ["a x", 1, "x", 3], "what nobody told of is not shown");
  driven.progress({ stepIndex: 0, totalSteps: 3, status: "completed", steps: longer });
  assert.deepEqual(wayOf(driven.job), ["a x b", 1, "x", 3]);
  driven.progress({ stepIndex: 1, step: "x", totalSteps: 2, steps: ["a", "x"] });
  driven.progress({ stepIndex: 0, totalSteps: 3, status: "completed", steps: longer });
  assert.deepEqual(wayOf(driven.job), ["a x", 1, "x", 2]);
});

test("a replay from the beginning takes the planned route, one from a later step the changed one", () => {
  const driven = new Driven({ steps: ["write", "judge"] });
  const steps = ["write", "judge", "refine", "judge"];
  driven.final({ result: 1, steps, current: 4 });
  const replayed = (fromStep: number) => {
    const replay = replayOf(driven.job, { id: "again", fromStep });
    return replay.ok ? replay.job.steps : replay.problem;
  };
  assert.deepEqual(replayed(0), ["write", "judge"]);
  assert.deepEqual(replayed(2), steps);
});

test("indices of joins follow a changed route, also into a replay", () => {
  const job = createJob({ ...NEW_JOB, steps: ["split", "ocr", "join"], joins: [2] }, start);
  const changedTo = (steps: string[]) => applyFinal({ job }, { status: "failed", steps }, start);
  const change = changedTo(["split", "ocr", "check", "join"]);
  assert(change.kind === "changed");
  assert.deepEqual(readBookkeeping(change.job.route).joins, [3]);
  const replay = replayOf(change.job, { id: "again", fromStep: 0 });
  assert.deepEqual(replay.ok && replay.job.joins, [2]);
});

const branches = ["/0:2:aa", "/1:2:aa", "/0:2:bb", "/1:2:bb", "/1:2:aa/0:2:cc", "/1:2:aa/1:2:cc"];
const anyReport = fc.record({
  kind: fc.constantFrom("progress", "final", "heartbeat", "cancel"),
  branch: fc.option(fc.constantFrom(...branches), { nil: undefined }),
  stepIndex: fc.nat(3),
  status: fc.constantFrom("received", "processing", "completed" as const),
  failed: fc.boolean(),
  afterMs: fc.nat(5_000),
});

test("any sequence of reports keeps the promises of a job", () => {
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 40 }), (reports) => {
      const driven = new Driven();
      let now = start;
      let ended: Job | undefined;
      for (const report of reports) {
        const before = driven.job;
        now = new Date(now.getTime() + report.afterMs);
        const { branch } = report;
        if (report.kind === "progress") driven.progress({ ...report, branch }, now);
        else if (report.kind === "final") {
          driven.final({ branch, status: report.failed ? "failed" : "succeeded", result: 1 }, now);
        } else if (report.kind === "cancel" && report.failed) {
          driven.apply(({ job }) => applyCancel(job, now));
        } else {
          const beat = { actorName: "x", status: "processing", message: "" } as const;
          driven.apply(({ job }) => applyHeartbeat(job, beat, now));
        }
        if (ended) assert.equal(driven.job, ended);
        else if (isTerminal(driven.job.status)) ended = driven.job;
        const fell = driven.job.progressPercent < before.progressPercent;
        assert(!fell || (before.progressPercent === 100 && driven.job.progressPercent === 99.9));
      }
      const terminal = driven.updates.filter(({ status }) => isTerminal(status));
      assert.equal(terminal.length, ended ? 1 : 0);
      assert.equal(driven.updates.length, driven.job.updateCount);
    }),
    { numRuns: 300 },
  );
});

test("fan-out: the job ends with exactly the report that completes a group", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(branches, { minLength: 1 }), (order) => {
      const driven = new Driven();
      const reports: BranchReport[] = [];
      for (const branch of order) {
        if (isTerminal(driven.job.status)) break;
        reports.push({ branch, outcome: "succeeded", result: branch });
        driven.final({ branch, result: branch });
        const gathered = gatherBranches(reports);
        assert.equal(driven.job.status === "Succeeded", gathered.complete, order.join(" "));
        if (gathered.complete) assert.deepEqual(driven.result, gathered.results);
      }
    }),
    { numRuns: 500 },
  );
});

test("fan-out: a branch among a hundred thousand costs no more than one among ten", () => {
  const driven = new Driven({ timeoutSeconds: 1e6 });
  for (let index = 0; index < 20_000; index++) {
    driven.final({ branch: `/${index}:100000:ab`, result: index });
  }
  assert.equal(driven.askedForEnded, 0);
  assert.equal(driven.job.fanOut?.groups[0]?.ended, 20_000);
});
