import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  type FanOutRecord,
  firstRecord,
  type JoinPlan,
  mergeBranches,
  planArrival,
  runOf,
} from "./join_plan.ts";
import { decideJoin, type JoinRule } from "./join_rule.ts";
import type { Arrival, JoinGroup } from "./join_state.ts";

const pure = { permissions: "none" } as const;
const KEEP_MS = 1_000_000;

/** One fan-out in a table of nothing but values: what a database does in one transaction. */
class Table {
  readonly kept = new Map<string, Arrival>();
  record: FanOutRecord | undefined;

  take(group: JoinGroup, arrival: Arrival, rule: JoinRule, nowMs: number): JoinPlan["answer"] {
    const time = { nowMs, keepMs: KEEP_MS };
    const key = `${runOf(group)}/${arrival.index}`;
    const record = this.record ??= firstRecord(rule, time);
    const found = { record, isKept: this.kept.has(key) };
    const plan = planArrival(found, group, arrival, rule, time);
    if (plan.keep) this.kept.set(key, arrival);
    if (plan.record) this.record = plan.record;
    return plan.answer;
  }

  branches(run: string): Arrival[] {
    return [...this.kept].filter(([key]) => key.startsWith(`${run}/`)).map(([, kept]) => kept);
  }
}

interface Event {
  readonly run: number;
  readonly arrival: Arrival;
  readonly afterMs: number;
}

const COUNTS = [4, 3];
const groupOf = (run: number): JoinGroup => ({
  jobId: "j1",
  stepIndex: 1,
  parent: "",
  group: `g${run}`,
  count: COUNTS[run]!,
});

/** Each branch of each run comes in one way, however often. */
const outcomes = fc.array(fc.constantFrom("arrived", "empty", "failed"), {
  minLength: 7,
  maxLength: 7,
}) as fc.Arbitrary<Arrival["outcome"][]>;

const histories: fc.Arbitrary<Event[]> = fc.tuple(
  outcomes,
  fc.array(fc.record({ run: fc.nat(1), index: fc.nat(3), afterMs: fc.nat(100) }), {
    maxLength: 30,
  }),
  fc.boolean(),
).map(([ways, steps, hasReruns]) =>
  steps.map(({ run: given, index: place, afterMs }) => {
    const run = hasReruns ? given : 0;
    const index = place % COUNTS[run]!;
    const outcome = ways[run * 4 + index]!;
    const brings = outcome === "arrived" && { payload: { run, index } };
    return { run, arrival: { index, outcome, ...brings }, afterMs };
  })
);

const rules: fc.Arbitrary<JoinRule> = fc.record({
  quorum: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  wait: fc.constantFrom("quorum", "all"),
  timeoutMs: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
  late: fc.constant("drop"),
});

/**
 * The same rules in the plainest way: who is here, in the order in which they came, and what that
 * amounts to at this moment.
 */
function playPlainly(history: readonly Event[], rule: JoinRule): string[] {
  const here: { run: number; index: number; outcome: string }[] = [];
  const answers: string[] = [];
  let beganMs: number | undefined;
  let nowMs = 0;
  let decided: { run: number; index: number; answer: string; winner: number } | undefined;
  for (const { run, arrival: { index, outcome }, afterMs } of history) {
    nowMs += afterMs;
    beganMs ??= nowMs;
    const isHere = here.some((one) => one.run === run && one.index === index);
    if (decided) {
      const { winner, answer } = decided;
      const isIts = decided.run === run && decided.index === index;
      answers.push(isIts ? answer : isHere || winner !== run ? "wait" : "late");
      continue;
    }
    if (!isHere) here.push({ run, index, outcome });
    const isOver = rule.timeoutMs !== undefined && nowMs >= beganMs + rule.timeoutMs;
    const amountsTo = (which: number) => {
      const own = here.filter((one) => one.run === which);
      const failed = own.filter((one) => one.outcome === "failed").length;
      return decideJoin(
        { count: COUNTS[which]!, ended: own.length - failed, failed },
        rule,
        isOver,
      );
    };
    const heard = [...new Set(here.map((one) => one.run))];
    const endedOf = (which: number) =>
      here.filter((one) => one.run === which && one.outcome !== "failed").length;
    const candidates = isOver ? heard.toSorted((a, b) => endedOf(b) - endedOf(a)) : [run];
    const winner = candidates.find((which) => amountsTo(which) === "merge");
    const loser = candidates.find((which) => amountsTo(which) === "fail");
    if (winner !== undefined) {
      const indices = here.filter((one) => one.run === winner).map((one) => one.index).sort();
      decided = { run, index, winner, answer: `merge ${winner} ${indices}` };
    } else if (loser !== undefined) decided = { run, index, winner: run, answer: "fail" };
    answers.push(decided?.answer ?? "wait");
  }
  return answers;
}

Deno.test("[J1] any order, repeat and re-run is answered by the plain rules", pure, () => {
  fc.assert(
    fc.property(histories, rules, (history, rule) => {
      const table = new Table();
      let nowMs = 0;
      const answers = history.map(({ run, arrival, afterMs }) => {
        const answer = table.take(groupOf(run), arrival, rule, nowMs += afterMs);
        if (answer.kind !== "merge") return answer.kind;
        const indices = table.branches(answer.winner).map(({ index }) => index).sort();
        return `merge ${COUNTS.indexOf(answer.count)} ${indices}`;
      });
      assert.deepEqual(answers, playPlainly(history, rule));
    }),
    { numRuns: 3_000 },
  );
});

Deno.test(
  "[J1] with a time, one arrival is always there to be woken when it is over",
  pure,
  () => {
    const timed = fc.tuple(rules, fc.integer({ min: 1, max: 1_000 }))
      .map(([rule, timeoutMs]) => ({ ...rule, timeoutMs }));
    fc.assert(fc.property(histories, timed, (history, rule) => {
      const table = new Table();
      const alarms = new Map<Event, number>();
      let nowMs = 0;
      for (const event of history) {
        const answer = table.take(groupOf(event.run), event.arrival, rule, nowMs += event.afterMs);
        if (answer.kind === "wait" && answer.wakeMs !== undefined) {
          assert.ok(answer.wakeMs > 0);
          alarms.set(event, nowMs + answer.wakeMs);
        }
      }
      if (history.length === 0 || table.record?.verdict) return;
      const [[event, atMs] = assert.fail("nobody is woken")] = [...alarms];
      table.take(groupOf(event.run), event.arrival, rule, Math.max(nowMs, atMs));
      assert.ok(table.record?.verdict, "and whoever is woken decides");
    }));
  },
);

Deno.test("what a rule is changed to counts for fan-outs that are under way", pure, () => {
  const table = new Table();
  const all: JoinRule = { wait: "quorum", late: "drop" };
  const arrived = (index: number): Arrival => ({ index, outcome: "arrived", payload: index });
  assert.equal(table.take(groupOf(0), arrived(0), all, 0).kind, "wait");
  assert.equal(table.take(groupOf(0), arrived(1), all, 0).kind, "wait");
  const two = { ...all, quorum: 2 };
  const answer = table.take(groupOf(0), arrived(1), two, 0);
  assert.deepEqual(answer, { kind: "merge", winner: "4:g0", count: 4, isPartial: true });
  assert.deepEqual(table.take(groupOf(0), arrived(1), all, 0), answer, "and a decision stays");
  assert.deepEqual(mergeBranches(4, table.branches("4:g0")).missing, [2, 3]);
});

Deno.test("[J1] a clock that is set back makes nobody wait much longer", pure, () => {
  const table = new Table();
  const rule: JoinRule = { quorum: 1, wait: "all", timeoutMs: 500, late: "drop" };
  const first: Arrival = { index: 0, outcome: "arrived", payload: 0 };
  const aDayMs = 86_400_000;
  const wake = { kind: "wait", wakeMs: 500 };
  assert.deepEqual(table.take(groupOf(0), first, rule, aDayMs), wake);
  assert.deepEqual(table.take(groupOf(0), first, rule, 500), wake, "the time is counted anew");
  assert.deepEqual(table.take(groupOf(0), first, rule, 700), { kind: "wait", wakeMs: 300 });
  assert.equal(table.take(groupOf(0), first, rule, 1_000).kind, "merge");
});
