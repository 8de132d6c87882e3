import assert from "node:assert/strict";
import { type Arrival, type JoinGroup, type JoinState, openJoinState } from "./join_state.ts";

const group: JoinGroup = { jobId: "j1", stepIndex: 1, parent: "", group: "ab", count: 3 };
const keepMs = 1_000;

const arrived = (index: number): Arrival => ({
  index,
  outcome: "arrived",
  payload: { page: index },
});
const pages = [{ page: 0 }, { page: 1 }, { page: 2 }];

/** Runs a test with a file for a join's state, and a clock. */
async function withFile(
  test: (open: () => JoinState, clock: { ms: number }) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const clock = { ms: 0 };
  const opened: JoinState[] = [];
  try {
    await test(() => {
      const state = openJoinState(`${folder}/join.sqlite`, keepMs, () => clock.ms);
      opened.push(state);
      return state;
    }, clock);
  } finally {
    for (const state of opened) state[Symbol.dispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[D13] branches are merged in their order, whatever order they come in", () =>
  withFile((open) => {
    const state = open();
    assert.deepEqual(state.arrive(group, arrived(2)), { kind: "wait" });
    assert.deepEqual(state.arrive(group, arrived(0)), { kind: "wait" });
    assert.deepEqual(state.arrive(group, arrived(1)), { kind: "merge", branches: pages });
  }));

Deno.test("[D13] an empty branch counts with null in its place", () =>
  withFile((open) => {
    const state = open();
    state.arrive(group, arrived(0));
    state.arrive(group, { index: 1, outcome: "empty" });
    assert.deepEqual(state.arrive(group, arrived(2)), {
      kind: "merge",
      branches: [{ page: 0 }, null, { page: 2 }],
    });
  }));

Deno.test("[D16] a branch that comes twice counts once", () =>
  withFile((open) => {
    const state = open();
    state.arrive(group, arrived(0));
    state.arrive(group, arrived(0));
    assert.deepEqual(state.arrive(group, arrived(1)), { kind: "wait" });
  }));

Deno.test("[D16] one arrival gets the merge, and gets the same one again when it comes again", () =>
  withFile((open) => {
    const state = open();
    for (const index of [0, 1]) state.arrive(group, arrived(index));
    const merge = { kind: "merge", branches: pages };
    assert.deepEqual(state.arrive(group, arrived(2)), merge);
    const other = { ...arrived(2), payload: { page: "another answer" } };
    assert.deepEqual(state.arrive(group, other), merge, "the first answer stays");
    for (const index of [0, 1]) {
      assert.deepEqual(state.arrive(group, arrived(index)), { kind: "wait" });
    }
  }));

Deno.test("[D13] the first branch that fails ends the wait, with its reason", () =>
  withFile((open) => {
    const state = open();
    const failed: Arrival = { index: 1, outcome: "failed", error: "no text" };
    const reason = "branch 2 of 3 failed: no text";
    state.arrive(group, arrived(0));
    assert.deepEqual(state.arrive(group, failed), { kind: "fail", reason });
    assert.deepEqual(state.arrive(group, failed), { kind: "fail", reason });
    assert.deepEqual(state.arrive(group, { index: 2, outcome: "failed" }), { kind: "wait" });
  }));

Deno.test("[D13] of two runs of one fan-out the first to complete wins", () =>
  withFile((open) => {
    const state = open();
    const again = { ...group, group: "cd", count: 2 };
    state.arrive(group, arrived(0));
    state.arrive(again, arrived(0));
    state.arrive(group, arrived(1));
    assert.deepEqual(state.arrive(again, arrived(1)), {
      kind: "merge",
      branches: pages.slice(0, 2),
    });
    assert.deepEqual(state.arrive(group, arrived(2)), { kind: "wait" });
  }));

Deno.test("jobs, joins and parents are apart", () =>
  withFile((open) => {
    const state = open();
    const pair = { ...group, count: 2 };
    const others = [{ jobId: "j2" }, { stepIndex: 4 }, { parent: "/0:2:zz" }, {}];
    for (const other of others) {
      assert.equal(state.arrive({ ...pair, ...other }, arrived(0)).kind, "wait");
    }
    for (const other of others) {
      assert.equal(state.arrive({ ...pair, ...other }, arrived(1)).kind, "merge");
    }
  }));

Deno.test("[D2] a join goes on where it was after a restart, and with replicas", () =>
  withFile((open) => {
    const [first, second] = [open(), open()];
    first.arrive(group, arrived(0));
    second.arrive(group, arrived(1));
    assert.equal(open().arrive(group, arrived(2)).kind, "merge");
    assert.equal(first.arrive(group, arrived(2)).kind, "merge");
  }));

Deno.test("what is old is forgotten", () =>
  withFile((open, clock) => {
    const state = open();
    state.arrive(group, arrived(0));
    clock.ms = keepMs + 1;
    state.arrive({ ...group, jobId: "j2", count: 1 }, arrived(0));
    state.arrive(group, arrived(1));
    assert.equal(state.arrive(group, arrived(2)).kind, "wait", "the first branch is forgotten");
  }));
