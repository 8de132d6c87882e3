import { applyCancel, applyFinal, applyProgress, createJob } from "@asya/protocol";
import assert from "node:assert/strict";
import { type ChangeRequest, decideChanges, type Snapshot } from "./decide_changes.ts";

const pure = { permissions: "none" } as const;
const now = new Date("2026-01-01T00:00:00Z");

function snapshotOf(): Snapshot {
  const job = createJob({ id: "j1", tool: "t", steps: ["a", "b"], timeoutSeconds: 60 }, now);
  return { serial: "7", version: 3, job, branches: new Map() };
}

function progress(stepIndex: number, branch?: string): ChangeRequest {
  const report = {
    ...{ step: "a", stepIndex, totalSteps: 2, actorName: "a", message: "" },
    ...{ status: "received" as const, branch },
  };
  return { id: "j1", branch, transition: (state) => applyProgress(state, report, now) };
}

function final(branch?: string, result: string | null = "r"): ChangeRequest {
  const report = { status: "succeeded" as const, result, branch };
  return { id: "j1", branch, transition: (state) => applyFinal(state, report, now) };
}

const cancel: ChangeRequest = {
  id: "j1",
  branch: undefined,
  transition: ({ job }) => applyCancel(job, now),
};

Deno.test(
  "each request is decided on what the one before has left, and all are one record",
  pure,
  () => {
    const decided = decideChanges(snapshotOf(), [progress(0), progress(1), final(), final()]);
    assert(decided !== "needs_ended");
    const kinds = decided.outcomes.map((one) => "value" in one && one.value.change.kind);
    assert.deepEqual(kinds, ["changed", "changed", "changed", "unchanged"]);
    const { record } = decided;
    assert.equal(record?.serial, "7");
    assert.equal(record?.version, 3);
    assert.equal(record?.job.status, "Succeeded");
    assert.equal(record?.result, "r");
    assert.equal(record?.updates.length, record?.job.updateCount);
  },
);

Deno.test("what changes nothing is not recorded", pure, () => {
  const ended = decideChanges(snapshotOf(), [cancel]);
  assert(ended !== "needs_ended" && ended.record);
  const again = decideChanges({ ...snapshotOf(), job: ended.record.job }, [cancel, final()]);
  assert(again !== "needs_ended");
  assert.equal(again.record, undefined);
  assert.equal(again.outcomes.length, 2);
});

Deno.test("a null result is a result", pure, () => {
  const decided = decideChanges(snapshotOf(), [final(undefined, null), progress(1)]);
  assert(decided !== "needs_ended");
  assert.equal(decided.record?.result, null);
});

Deno.test("a transition that throws spoils no other", pure, () => {
  const bad: ChangeRequest = {
    ...cancel,
    transition: () => {
      throw new RangeError("boom");
    },
  };
  const decided = decideChanges(snapshotOf(), [progress(0), bad, progress(1)]);
  assert(decided !== "needs_ended");
  assert.deepEqual(decided.outcomes.map((one) => "value" in one), [true, false, true]);
  assert.equal(decided.record?.updates.length, 2);
});

Deno.test(
  "ends of branches are asked for when a transition needs them, and counted in order",
  pure,
  () => {
    const requests = [final("/0:2:ab", "x"), final("/1:2:ab", "y")];
    assert.equal(decideChanges(snapshotOf(), requests), "needs_ended");
    const decided = decideChanges(snapshotOf(), requests, []);
    assert(decided !== "needs_ended");
    assert.deepEqual(decided.record?.result, ["x", "y"]);
    assert.equal(decided.record?.ended.length, 2);
    assert(decided.record.branches.length >= 2);
  },
);
