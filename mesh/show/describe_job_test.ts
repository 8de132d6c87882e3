import assert from "node:assert/strict";
import { describeJob } from "./describe_job.ts";

const pure = { permissions: "none" } as const;
const now = new Date("2026-01-01T00:01:00Z");
const job = {
  id: "7d1f",
  status: "Failed",
  tool: "scan\x1b[31m",
  progress_percent: 62.5,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:30Z",
  payload: { page: 1 },
  error: "branch_error",
  error_details: { message: "branch 2 of 2 failed" },
  partial_results: [{ outcome: "failed" }],
};
const steps = [
  { name: "split", state: "done", waitedMs: 4, workedMs: 1_200 },
  { name: "work", state: "failed", waitedMs: 10, workedMs: 28_000, branches: 2 },
  { name: "sum", state: "skipped" },
];

Deno.test("a job is shown with its steps, and with what is not empty", pure, () => {
  const lines = describeJob(job, steps, { columns: 80, colour: false }, now);
  assert.deepEqual(lines.slice(0, 13), [
    "job        7d1f",
    "tool       scan",
    "status     Failed",
    "progress   62.5%",
    "created    2026-01-01T00:00:00Z, 1m ago",
    "updated    2026-01-01T00:00:30Z, 30s ago",
    "error      branch_error",
    "message    branch 2 of 2 failed",
    "",
    "#  STEP   STATE    WAITED  WORKED  BRANCHES",
    "0  split  done        4ms    1.2s",
    "1  work   failed     10ms     28s         2",
    "2  sum    skipped",
  ]);
  const rest = lines.slice(13).join("\n");
  assert.match(rest, /^payload:$/m);
  assert.match(rest, /^error details:$/m);
  assert.match(rest, /^branches:$/m);
  assert.doesNotMatch(rest, /^result:$/m);
});

Deno.test("of branches that were given up it is told how many, and of some why", pure, () => {
  const failedBranches = Array.from({ length: 12 }, (_, index) => ({
    branch: `/1:2:ab/${index}:12:cd`,
    reason: `error: \x1b[31mbad page ${index}`,
  }));
  const given = [{ name: "work", state: "failed", branches: 24, failedBranches }];
  const lines = describeJob(job, given, { columns: 80, colour: false }, now).slice(9, 23);
  assert.equal(lines[1], "0  work  failed                  24, 12 failed");
  assert.equal(lines[3], "branch 2.1 failed at work: error: bad page 0");
  assert.equal(lines[13], "2 further branches failed at work");
});

Deno.test("where nothing fanned out, nothing is said of branches", pure, () => {
  const { partial_results: _, ...single } = job;
  const lines = describeJob(single, steps.slice(0, 1), { columns: 80, colour: false }, now);
  assert(!lines.join("\n").toLowerCase().includes("branches"));
});
