import assert from "node:assert/strict";
import {
  finalToWire,
  parseFinalReport,
  parseHeartbeat,
  parseInactive,
  parseProgressBatch,
  parseProgressReport,
  progressPercent,
  progressToWire,
} from "./mod.ts";

const report = {
  step: "ocr",
  step_index: 1,
  total_steps: 3,
  status: "processing",
  actor_name: "ocr-large",
  message: "page 2",
  duration_ms: 12.5,
  message_size_kb: 3,
  branch: "/0:2:ab",
  fraction: 0.5,
  partial: null,
  seq: 4,
};

const percents = [
  { stepIndex: 0, totalSteps: 3, status: "received", percent: 3.3 },
  { stepIndex: 0, totalSteps: 3, status: "processing", percent: 16.7 },
  { stepIndex: 0, totalSteps: 3, status: "completed", percent: 33.3 },
  { stepIndex: 2, totalSteps: 3, status: "completed", percent: 100 },
  { stepIndex: 9, totalSteps: 3, status: "received", percent: 100 },
  { stepIndex: 0, totalSteps: 1, status: "processing", fraction: 0, percent: 50 },
  { stepIndex: 0, totalSteps: 1, status: "processing", fraction: 1, percent: 100 },
  { stepIndex: 0, totalSteps: 1, status: "received", fraction: 1, percent: 10 },
] as const;

for (const { percent, ...point } of percents) {
  Deno.test({
    name: `progressPercent: ${JSON.stringify(point)} is ${percent}`,
    permissions: "none",
    fn: () => assert.equal(progressPercent(point), percent),
  });
}

const refused = [
  { field: "step", values: [undefined, "", 1, null, {}] },
  { field: "step_index", values: [undefined, -1, 0.5, "0", null, Infinity] },
  { field: "total_steps", values: [undefined, 0, -3, "3", NaN] },
  { field: "status", values: [undefined, "done", "Received", 1, ["received"]] },
  { field: "branch", values: ["0:2:ab", "/2:2:ab", 7, "/0:1:a".repeat(257)] },
  { field: "fraction", values: [-0.1, 1.1, "0.5"] },
  { field: "seq", values: [-1, "1", 0.5] },
  { field: "duration_ms", values: [-1, "1"] },
  { field: "actor_name", values: [7] },
] as const;

Deno.test({
  name: "parseProgressReport: a bad field is named with what was got and what is allowed",
  permissions: "none",
  fn: () => {
    for (const { field, values } of refused) {
      for (const value of values) {
        const parsed = parseProgressReport({ ...report, [field]: value });
        assert.equal(parsed.ok, false, `${field}: ${String(value)}`);
        assert.match(parsed.problems.join(), new RegExp(`^${field} is .*; .* is allowed$`));
      }
    }
  },
});

Deno.test({
  name: "parseProgressReport: what is not an object has one problem",
  permissions: "none",
  fn: () => {
    for (const value of [null, 1, "x", [], undefined]) {
      const parsed = parseProgressReport(value);
      assert.equal(!parsed.ok && parsed.problems.length, 1);
    }
  },
});

Deno.test({
  name: "parseProgressReport and progressToWire: there and back, a null chunk included",
  permissions: "none",
  fn: () => {
    const parsed = parseProgressReport(report);
    assert(parsed.ok);
    assert.deepEqual(progressToWire(parsed.value), report);
  },
});

Deno.test({
  name: "parseProgressReport: null and empty optional fields count as absent",
  permissions: "none",
  fn: () => {
    const sparse = { step: "a", step_index: 0, total_steps: 1, status: "received" };
    const nothing = { branch: null, fraction: null, seq: null, actor_name: "", message: null };
    assert.deepEqual(parseProgressReport({ ...sparse, ...nothing }), parseProgressReport(sparse));
  },
});

Deno.test({
  name: "parseProgressBatch: a bad update does not spoil the rest, and its problems say which",
  permissions: "none",
  fn: () => {
    const batch = parseProgressBatch({
      updates: [{ ...report, job_id: "j1" }, 7, { ...report, status: "?" }, {
        ...report,
        job_id: "j2",
      }],
    });
    assert(batch.ok);
    assert.deepEqual(batch.value.updates.map(({ jobId }) => jobId), ["j1", "j2"]);
    assert.deepEqual(batch.value.problems, [
      "updates[1]: the report is 7; an object is allowed",
      'updates[2]: status is "?"; received, processing or completed is allowed',
      "updates[2]: job_id is nothing; a non-empty text is allowed",
    ]);
    assert.equal(batch.value.refused, 2);
    assert.deepEqual(parseProgressBatch([report]), {
      ok: false,
      problems: ["the body is array; an object is allowed"],
    });
    assert.deepEqual(parseProgressBatch({ updates: {} }), {
      ok: false,
      problems: ["updates is object; a list of up to 10000 is allowed"],
    });
    assert.equal(parseProgressBatch({ updates: Array(10_000).fill(7) }).ok, true);
    assert.equal(parseProgressBatch({ updates: Array(10_001).fill(7) }).ok, false);
  },
});

Deno.test({
  name: "parseFinalReport: statuses, details and places; the progress field is ignored",
  permissions: "none",
  fn: () => {
    const wire = {
      job_id: "j1",
      status: "failed",
      error: "processing_error",
      error_details: { message: "no" },
      branch: "/0:2:ab",
      steps: ["a", "b"],
      current: 1,
      metadata: { s3_uri: "s3://bucket/key" },
      timestamp: "2026-01-01T00:00:00Z",
    };
    const parsed = parseFinalReport({ ...wire, progress: 77 });
    assert(parsed.ok);
    assert.deepEqual(finalToWire(parsed.value), wire);
    for (
      const change of [
        { status: "Succeeded" },
        { status: undefined },
        { steps: [] },
        {
          steps: [1],
        },
        { metadata: [] },
        { current: -1 },
        { error_details: "x" },
        { error: 5 },
      ]
    ) {
      assert.equal(parseFinalReport({ ...wire, ...change }).ok, false, JSON.stringify(change));
    }
  },
});

Deno.test({
  name: "parseFinalReport: a null result is a result, a missing one is not",
  permissions: "none",
  fn: () => {
    const withNull = parseFinalReport({ status: "succeeded", result: null });
    assert.equal(withNull.ok && withNull.value.result, null);
    const without = parseFinalReport({ status: "succeeded" });
    assert.equal(without.ok && "result" in without.value, false);
  },
});

Deno.test({
  name: "parseHeartbeat: a branch that was given up says so, and nothing else of its end",
  permissions: "none",
  fn() {
    const beat = { status: "error", branch: "/0:2:ab" };
    const read = parseHeartbeat({ ...beat, branch_outcome: "failed" });
    assert.equal(read.ok && read.value.branchOutcome, "failed");
    assert.equal(parseHeartbeat({ ...beat, branch_outcome: null }).ok, true);
    assert.equal(parseHeartbeat({ ...beat, branch_outcome: "late" }).ok, false);
  },
});

Deno.test({
  name: "parseHeartbeat: its statuses and no other",
  permissions: "none",
  fn: () => {
    for (const status of ["picked_up", "processing", "completed", "error"]) {
      assert.equal(parseHeartbeat({ actor_name: "a", status, step_index: 0 }).ok, true, status);
    }
    for (const status of ["received", "", null, 1]) {
      assert.equal(parseHeartbeat({ actor_name: "a", status }).ok, false, String(status));
    }
  },
});

Deno.test({
  name: "parseInactive: total",
  permissions: "none",
  fn: () => {
    assert.deepEqual(parseInactive({ inactive: ["a", 1, "b"] }), ["a", "b"]);
    for (const value of [null, "x", [], { inactive: "a" }]) {
      assert.deepEqual(parseInactive(value), []);
    }
  },
});
