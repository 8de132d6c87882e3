import assert from "node:assert/strict";
import type { JoinRule } from "../join_rule.ts";
import type { Arrival, FailedBranch, JoinAnswer, JoinGroup, JoinState } from "../join_state.ts";

/** A join's state to be tried. */
export interface TriedState {
  /** Opens it once more, as another replica or a later process would. */
  open(): JoinState;
  /** What all of them take for the time, in milliseconds. */
  readonly clock: { ms: number };
  /** How many fan-outs and branches are kept. */
  kept(): Promise<{ fanOuts: number; branches: number }>;
}

/** Gives a test an empty state, kept for {@linkcode KEEP_MS}. */
export type WithState = (test: (tried: TriedState) => Promise<void>) => Promise<void>;

/** For how long a tried state remembers. */
export const KEEP_MS = 1_000_000;

const all: JoinRule = { wait: "quorum", late: "drop" };
const group: JoinGroup = { jobId: "j1", stepIndex: 1, parent: "", group: "ab", count: 3 };
const pages = [{ page: 0 }, { page: 1 }, { page: 2 }];
const wait = { kind: "wait" } as const;

const arrived = (index: number): Arrival => ({
  index,
  outcome: "arrived",
  payload: { page: index },
});

function merge(
  branches: readonly unknown[],
  missing: readonly number[] = [],
  failed: readonly FailedBranch[] = [],
): JoinAnswer {
  return { kind: "merge", merged: { branches, missing, failed }, isPartial: false } as JoinAnswer;
}

/** The same for a rule with a quorum, which says who is missing and who failed. */
function partial(...parts: Parameters<typeof merge>): JoinAnswer {
  return { ...merge(...parts), isPartial: true } as JoinAnswer;
}

/** What every state of a join must do, as steps of a test. */
export const joinStateSuite: Readonly<Record<string, (tried: TriedState) => Promise<void>>> = {
  async "branches are merged in their order, whatever order they come in"({ open }) {
    const state = open();
    assert.deepEqual(await state.arrive(group, arrived(2), all), wait);
    assert.deepEqual(await state.arrive(group, arrived(0), all), wait);
    assert.deepEqual(await state.arrive(group, arrived(1), all), merge(pages));
  },

  async "a merge says where the other branches were taken in, however often it is asked"({ open }) {
    const from = (index: number): Arrival => ({ ...arrived(index), traceparent: `t${index}` });
    await open().arrive(group, from(2), all);
    await open().arrive(group, arrived(1), all);
    await open().arrive(group, from(2), all);
    const merged = { ...merge(pages), traces: ["t2"] };
    for (let asked = 0; asked < 2; asked++) {
      assert.deepEqual(await open().arrive(group, from(0), all), merged);
    }
  },

  async "an empty branch counts with null in its place"({ open }) {
    const state = open();
    await state.arrive(group, arrived(0), all);
    await state.arrive(group, { index: 1, outcome: "empty" }, all);
    const expected = merge([{ page: 0 }, null, { page: 2 }]);
    assert.deepEqual(await state.arrive(group, arrived(2), all), expected);
  },

  async "any payload there is comes out as it went in"({ open }) {
    const state = open();
    const payloads = [null, "\0 and \ud800", { "a\0": [1e300, true, "é"] }];
    const answers: JoinAnswer[] = [];
    for (const [index, payload] of payloads.entries()) {
      answers.push(await state.arrive(group, { index, outcome: "arrived", payload }, all));
    }
    assert.deepEqual(answers.at(-1), merge(payloads));
  },

  async "jobs and lineages of any length and letters are apart"({ open }) {
    const state = open();
    const pair = { ...group, count: 2 };
    const others = [
      {},
      { jobId: "j2" },
      { jobId: "j\0" },
      { jobId: "j".repeat(100_000) },
      { stepIndex: 4 },
      { parent: "/0:2:zz" },
      { parent: "/0:2:zz".repeat(250) },
    ];
    for (const other of others) {
      assert.deepEqual(await state.arrive({ ...pair, ...other }, arrived(0), all), wait);
    }
    for (const other of others) {
      const answer = await state.arrive({ ...pair, ...other }, arrived(1), all);
      assert.equal(answer.kind, "merge");
    }
  },

  async "a branch that comes twice counts once"({ open }) {
    const state = open();
    await state.arrive(group, arrived(0), all);
    await state.arrive(group, arrived(0), all);
    assert.deepEqual(await state.arrive(group, arrived(1), all), wait);
  },

  async "one arrival gets the merge, and the same one again when it comes again"({ open }) {
    const state = open();
    for (const index of [0, 1]) await state.arrive(group, arrived(index), all);
    assert.deepEqual(await state.arrive(group, arrived(2), all), merge(pages));
    const other = { ...arrived(2), payload: { page: "another answer" } };
    assert.deepEqual(await open().arrive(group, other, all), merge(pages), "the first stays");
    const strict = { ...all, quorum: 1 };
    assert.deepEqual(await open().arrive(group, arrived(2), strict), merge(pages));
    for (const index of [0, 1]) {
      assert.deepEqual(await state.arrive(group, arrived(index), all), wait);
    }
  },

  async "the first branch that fails ends the wait for all, with its reason"({ open }) {
    const state = open();
    const failed: Arrival = { index: 1, outcome: "failed", error: "no \0 text" };
    await state.arrive(group, arrived(0), all);
    const answer = await state.arrive(group, failed, all);
    assert.equal(answer.kind, "fail");
    assert.match(answer.reason, /^branch 2 of 3 failed: no \0 text$/);
    assert.deepEqual(await state.arrive(group, failed, all), answer);
    const late = await state.arrive(group, { index: 2, outcome: "failed" }, all);
    assert.deepEqual(late, { kind: "late", after: "fail" });
  },

  async "a quorum goes on at once, and says who is missing and who failed"({ open }) {
    const state = open();
    const two = { ...all, quorum: 2 };
    const five = { ...group, count: 5 };
    await state.arrive(five, { index: 3, outcome: "failed", error: "it broke" }, two);
    assert.deepEqual(await state.arrive(five, arrived(4), two), wait);
    const expected = partial(
      [null, null, null, null, { page: 4 }],
      [0, 2],
      [{ index: 3, error: "it broke" }],
    );
    assert.deepEqual(await state.arrive(five, { index: 1, outcome: "empty" }, two), expected);
    assert.deepEqual(await state.arrive(five, arrived(0), two), { kind: "late", after: "merge" });
    assert.deepEqual(await state.arrive(five, arrived(4), two), wait, "that one was counted");
    const again = { ...five, group: "cd" };
    assert.deepEqual(await state.arrive(again, arrived(0), two), wait, "that was done twice");
  },

  async "a quorum fails when it cannot be reached any more"({ open }) {
    const state = open();
    const two = { ...all, quorum: 2 };
    await state.arrive(group, { index: 2, outcome: "failed", error: "it broke" }, two);
    assert.deepEqual(await state.arrive(group, { index: 0, outcome: "failed" }, two), {
      kind: "fail",
      reason: "2 of 3 branches failed, and 2 are needed; the first: branch 3 of 3 failed: it broke",
    });
  },

  async "who waits for all takes what its quorum allows to fail"({ open }) {
    const state = open();
    const rule: JoinRule = { ...all, quorum: 1, wait: "all" };
    assert.deepEqual(await state.arrive(group, arrived(0), rule), wait);
    assert.deepEqual(await state.arrive(group, { index: 1, outcome: "failed" }, rule), wait);
    const expected = partial([{ page: 0 }, null, { page: 2 }], [], [{ index: 1 }]);
    assert.deepEqual(await state.arrive(group, arrived(2), rule), expected);
  },

  async "the first arrival is woken at the time's end, and merges what the quorum allows"(
    { open, clock },
  ) {
    const rule: JoinRule = { ...all, quorum: 2, wait: "all", timeoutMs: 500 };
    const first = await open().arrive(group, arrived(2), rule);
    assert.deepEqual(first, { kind: "wait", wakeMs: 500 });
    clock.ms += 100;
    assert.deepEqual(await open().arrive(group, arrived(0), rule), wait);
    const early = await open().arrive(group, arrived(2), rule);
    assert.deepEqual(early, { kind: "wait", wakeMs: 400 }, "woken too early, or delivered again");
    clock.ms += 400;
    const expected = partial([{ page: 0 }, null, { page: 2 }], [1]);
    assert.deepEqual(await open().arrive(group, arrived(2), rule), expected);
    assert.deepEqual(await open().arrive(group, arrived(2), rule), expected);
    assert.deepEqual(await open().arrive(group, arrived(1), rule), {
      kind: "late",
      after: "merge",
    });
  },

  async "without its quorum a join fails at the time's end"({ open, clock }) {
    const state = open();
    const rule: JoinRule = { ...all, timeoutMs: 500 };
    await state.arrive(group, arrived(1), rule);
    await state.arrive(group, arrived(2), rule);
    clock.ms += 500;
    assert.deepEqual(await state.arrive(group, arrived(1), rule), {
      kind: "fail",
      reason: "2 of 3 branches had ended well after 500 ms, 3 are needed",
    });
  },

  async "whoever comes behind the time's end sees to it, if nobody was woken"({ open, clock }) {
    const state = open();
    const rule: JoinRule = { ...all, quorum: 2, wait: "all", timeoutMs: 500 };
    await state.arrive(group, arrived(0), rule);
    clock.ms += 900;
    const expected = partial([{ page: 0 }, { page: 1 }, null], [2]);
    assert.deepEqual(await state.arrive(group, arrived(1), rule), expected);
    assert.deepEqual(await state.arrive(group, arrived(0), rule), wait, "the wake, too late");
  },

  async "a time that is set later begins with the first arrival all the same"({ open, clock }) {
    const state = open();
    const rule: JoinRule = { ...all, timeoutMs: 500 };
    await state.arrive(group, arrived(0), all);
    clock.ms += 100;
    assert.deepEqual(await state.arrive(group, arrived(1), rule), { kind: "wait", wakeMs: 400 });
  },

  async "of two runs of one fan-out the first to complete wins"({ open }) {
    const state = open();
    const again = { ...group, group: "cd", count: 2 };
    await state.arrive(group, arrived(0), all);
    await state.arrive(again, arrived(0), all);
    await state.arrive(group, arrived(1), all);
    assert.deepEqual(await state.arrive(again, arrived(1), all), merge(pages.slice(0, 2)));
    assert.deepEqual(await state.arrive(group, arrived(2), all), wait);
  },

  async "at the time's end the run counts that has most branches"({ open, clock }) {
    const state = open();
    const rule: JoinRule = { ...all, quorum: 1, wait: "all", timeoutMs: 500 };
    const again = { ...group, group: "cd" };
    await state.arrive(group, arrived(0), rule);
    await state.arrive(again, arrived(1), rule);
    await state.arrive(again, arrived(2), rule);
    clock.ms += 500;
    const expected = partial([null, { page: 1 }, { page: 2 }], [0]);
    assert.deepEqual(await state.arrive(group, arrived(0), rule), expected);
  },

  async "replicas take branches in at once, and one of all gets the merge"({ open }) {
    const replicas = [open(), open(), open()];
    const many = { ...group, count: 40 };
    // Each branch twice, in no order, anywhere.
    const places = Array.from({ length: 80 }, (_, place) => place * 37 % 80 % 40);
    const answers = await Promise.all(
      places.map(async (index, place) => ({
        index,
        answer: await replicas[place % 3]!.arrive(many, arrived(index), all),
      })),
    );
    const merges = answers.filter(({ answer }) => answer.kind !== "wait");
    assert.equal(new Set(merges.map(({ index }) => index)).size, 1);
    const branches = Array.from({ length: 40 }, (_, page) => ({ page }));
    for (const { answer } of merges) assert.deepEqual(answer, merge(branches));
  },

  async "what has expired is forgotten, and nothing else"({ open, clock, kept }) {
    const state = open();
    const rule: JoinRule = { ...all, timeoutMs: 2 * KEEP_MS };
    await state.arrive(group, arrived(0), all);
    await state.arrive({ ...group, jobId: "j2" }, arrived(0), rule);
    assert.deepEqual(await kept(), { fanOuts: 2, branches: 2 });
    clock.ms += KEEP_MS + 1;
    await state.arrive({ ...group, jobId: "j3", count: 1 }, arrived(0), all);
    assert.deepEqual(await kept(), { fanOuts: 2, branches: 2 });
    assert.deepEqual(
      await state.arrive({ ...group, jobId: "j2" }, arrived(1), rule),
      wait,
      "a time that is still to come is waited for",
    );
    clock.ms += KEEP_MS + 1;
    assert.equal(
      (await state.arrive({ ...group, jobId: "j2" }, arrived(0), rule)).kind,
      "fail",
    );
    assert.deepEqual(await kept(), { fanOuts: 1, branches: 2 }, "a decision lapses after its time");
  },
};

/**
 * Registers the suite for one kind of state.
 *
 * @param name what the state is called
 * @param withState gives a test an empty one
 * @param options of each test
 */
export function testJoinState(
  name: string,
  withState: WithState,
  options: { readonly ignore?: boolean } = {},
): void {
  for (const [step, test] of Object.entries(joinStateSuite)) {
    Deno.test({ ...options, name: `[J1] [D13] ${name}: ${step}`, fn: () => withState(test) });
  }
}
