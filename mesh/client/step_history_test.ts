import assert from "node:assert/strict";
import type { JsonObject } from "@asya/protocol";
import { stepHistory } from "./step_history.ts";

const pure = { permissions: "none" } as const;
const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
const update = (seconds: number, step: string, status: string, branch?: string): JsonObject => ({
  step,
  step_status: status,
  timestamp: at(seconds),
  ...(branch !== undefined && { branch }),
});
const job = (status: string, steps: string[], updated = 0): JsonObject => ({
  status,
  route: { steps },
  created_at: at(0),
  updated_at: at(updated),
});
const nowMs = 100_000;

Deno.test("each step has its state, how long it waited, and how long it worked", pure, () => {
  const updates = [
    update(1, "ocr", "received"),
    update(1, "ocr", "processing"),
    update(4, "ocr", "completed"),
    update(6, "judge", "received"),
    update(6, "judge", "processing"),
  ];
  const steps = ["ocr", "judge", "store"];
  assert.deepEqual(stepHistory(job("Running", steps), updates, nowMs), [
    { name: "ocr", state: "done", waitedMs: 1_000, workedMs: 3_000 },
    { name: "judge", state: "working", waitedMs: 2_000, workedMs: 94_000 },
    { name: "store", state: "waiting" },
  ]);
  assert.deepEqual(stepHistory(job("Failed", steps, 8), updates, nowMs).slice(1), [
    { name: "judge", state: "failed", waitedMs: 2_000, workedMs: 2_000 },
    { name: "store", state: "skipped" },
  ]);
});

Deno.test("a step that stands in a route twice is two", pure, () => {
  const updates = ["judge", "refine", "judge"].flatMap((step, index) => [
    update(index * 2, step, "processing"),
    update(index * 2 + 1, step, "completed"),
  ]);
  const history = stepHistory(job("Running", ["judge", "refine", "judge"]), updates, nowMs);
  assert.deepEqual(history.map(({ state, waitedMs }) => [state, waitedMs]), [
    ["done", 0],
    ["done", 1_000],
    ["done", 1_000],
  ]);
});

Deno.test("the place that an update names, and the time that it measured, count more", pure, () => {
  const updates = [
    { ...update(1, "judge", "received"), step_index: 2 },
    { ...update(5, "judge", "completed"), step_index: 2, duration_ms: 1_500 },
  ];
  const history = stepHistory(job("Running", ["judge", "refine", "judge"]), updates, nowMs);
  assert.deepEqual(history, [
    { name: "judge", state: "skipped" },
    { name: "refine", state: "skipped" },
    { name: "judge", state: "done", waitedMs: 1_000, workedMs: 1_500 },
  ]);
});

Deno.test("branches of a fan-out come through the same step beside each other", pure, () => {
  const updates = [
    update(0, "split", "processing"),
    update(1, "split", "completed"),
    ...["/0:2:a", "/1:2:a"].flatMap((branch, index) => [
      update(2 + index, "work", "processing", branch),
      update(5 + index, "work", "completed", branch),
    ]),
    update(7, "sum", "received"),
  ];
  const history = stepHistory(job("Running", ["split", "work", "sum"]), updates, nowMs);
  assert.deepEqual(history, [
    { name: "split", state: "done", waitedMs: 0, workedMs: 1_000 },
    { name: "work", state: "done", waitedMs: 1_000, workedMs: 4_000, branches: 2 },
    { name: "sum", state: "received", waitedMs: 1_000 },
  ]);
});

Deno.test("a replay from the middle has steps that nobody came to", pure, () => {
  const updates = [update(1, "b", "processing"), update(2, "b", "completed")];
  const history = stepHistory(job("Succeeded", ["a", "b"], 2), updates, nowMs);
  assert.deepEqual(history.map(({ state }) => state), ["skipped", "done"]);
});

Deno.test(
  "a branch that was given up before its join failed, and its marker is no work",
  pure,
  () => {
    const steps = ["split", "work", "sum"];
    const route = { steps, metadata: { asya: { joins: [2] } } };
    const lost = { branch: "/1:2:a", reason: "error: given up after 1 try: …" };
    const told = { step_index: 1, message: lost.reason, branch_outcome: "failed" };
    const updates = [
      update(0, "split", "processing"),
      update(1, "split", "completed"),
      update(2, "work", "processing", "/0:2:a"),
      update(5, "work", "completed", "/0:2:a"),
      update(2, "work", "processing", lost.branch),
      { ...update(4, "work", "error", lost.branch), ...told },
      update(5, "sum", "processing", lost.branch),
      update(6, "sum", "processing", "/0:2:a"),
      update(7, "sum", "completed", "/0:2:a"),
    ];
    assert.deepEqual(stepHistory({ ...job("Succeeded", steps, 8), route }, updates, nowMs), [
      { name: "split", state: "done", waitedMs: 0, workedMs: 1_000 },
      {
        ...{ name: "work", state: "failed", waitedMs: 1_000, workedMs: 3_000, branches: 2 },
        failedBranches: [lost],
      },
      { name: "sum", state: "done", waitedMs: 1_000, workedMs: 1_000 },
    ]);
  },
);

Deno.test(
  "where a join within another one fails, the branch that it was to bring is lost",
  pure,
  () => {
    const steps = ["split", "inner", "outer"];
    const route = { steps, metadata: { asya: { joins: [1, 2] } } };
    const updates = [
      update(0, "split", "completed"),
      update(2, "inner", "processing", "/0:2:a/0:1:b"),
      { ...update(4, "inner", "error", "/0:2:a"), step_index: 1, branch_outcome: "failed" },
    ];
    const [, inner, outer] = stepHistory({ ...job("Running", steps), route }, updates, nowMs);
    assert.deepEqual([inner?.state, inner?.failedBranches], [
      "failed",
      [{ branch: "/0:2:a", reason: "" }],
    ]);
    assert.equal(outer?.state, "waiting");
  },
);
