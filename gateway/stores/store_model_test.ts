import {
  applyCancel,
  applyDeadline,
  applyFinal,
  applyHeartbeat,
  applyProgress,
  type Branch,
  type BranchReport,
  isTerminal,
  type Job,
  type JobUpdate,
  type Json,
  lineageOf,
  PROGRESS_STATUSES,
} from "@asya/protocol";
import assert from "node:assert/strict";
import { findPostgres, inTime, seededRandom } from "../../tests/kit/mod.ts";
import { makeTempFolder } from "../../tests/kit/temp_folder.ts";
import type { Changed, Transition } from "../jobs/stored_job.ts";
import { openPostgres } from "../testing/open_postgres.ts";
import { entryOf, jobOf } from "../testing/store_suite.ts";
import { createMemoryStore } from "./memory.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store } from "./store.ts";

const postgres = await findPostgres();

const JOBS = 60;
const REPORTS = 24;
const STEPS = ["a", "b", "c"];

/** A report about a job, as it is sent to one of two gateways at a random moment. */
interface Report {
  readonly branch: string | undefined;
  readonly transition: Transition;
}

/** What a store has answered to a report. */
interface Answered extends Report {
  readonly changed: Changed;
}

/** One job kept by the transitions alone: what every store has to come to. */
class ModelJob {
  job: Job;
  result: Json | undefined;
  readonly updates: JobUpdate[] = [];
  readonly ended: BranchReport[] = [];
  readonly #branches = new Map<string, Branch>();

  constructor(job: Job) {
    this.job = job;
  }

  apply({ branch, transition }: Report): void {
    const known = new Map<string, Branch>();
    for (const lineage of branch === undefined ? [] : lineageOf(branch)) {
      const found = this.#branches.get(lineage);
      if (found) known.set(lineage, found);
    }
    let change = transition({ job: this.job, branches: known });
    if (change.kind === "needs_ended") {
      change = transition({ job: this.job, branches: known, ended: this.ended });
    }
    if (change.kind !== "changed") return;
    this.job = change.job;
    if (change.result !== undefined) this.result = change.result;
    this.updates.push(...change.updates);
    for (const moved of change.branches ?? []) this.#branches.set(moved.lineage, moved);
    if (change.ended) this.ended.push(change.ended);
  }
}

function randomReport(random: () => number, id: string, n: number): Report {
  const pick = <T>(...all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  // Each at a time of its own, so that no two leave a job the same.
  const now = new Date(Date.parse("2026-01-01T00:00:01Z") + n);
  const fansOut = id.endsWith("0") || id.endsWith("5");
  const branch = fansOut && random() < 0.8 ? `/${pick(0, 1, 2)}:3:ab` : undefined;
  const kind = random();
  if (kind < 0.6) {
    const stepIndex = pick(0, 1, 2);
    const report = {
      ...{ step: STEPS[stepIndex]!, stepIndex, totalSteps: 3, actorName: "x", message: "" },
      status: pick(...PROGRESS_STATUSES),
      ...(branch !== undefined && { branch }),
      ...(random() < 0.2 && { partial: n, seq: pick(1, 2, 3) }),
    };
    return { branch, transition: (state) => applyProgress(state, report, now) };
  }
  if (kind < 0.7) {
    const beat = {
      actorName: "x",
      status: pick("picked_up" as const, "error" as const),
      message: "m",
    };
    return { branch: undefined, transition: ({ job }) => applyHeartbeat(job, beat, now) };
  }
  if (kind < 0.95) {
    const report = {
      status: random() < 0.8 ? "succeeded" as const : "failed" as const,
      ...(random() < 0.5 ? { result: n } : {}),
      ...(branch !== undefined && { branch }),
    };
    return { branch, transition: (state) => applyFinal(state, report, now) };
  }
  if (kind < 0.98) {
    return { branch: undefined, transition: ({ job }) => applyCancel(job, now) };
  }
  const late = new Date("2027-01-01T00:00:00Z");
  return { branch: undefined, transition: ({ job }) => applyDeadline(job, late) };
}

/** The text of a value as it comes out of a store, whatever the order of its fields. */
function textOf(value: unknown): string {
  return JSON.stringify(
    value,
    (_, one) =>
      typeof one === "object" && one !== null && !Array.isArray(one)
        ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => a < b ? -1 : 1))
        : one,
  );
}

/** Puts what changed a job into the order in which it did: each began where another one ended. */
function inOrder(first: Job, answered: readonly Answered[]): Answered[] {
  const byBefore = Map.groupBy(
    answered.filter(({ changed }) => changed.change.kind === "changed"),
    ({ changed }) => textOf(changed.before),
  );
  const chain: Answered[] = [];
  for (let at = textOf(first);;) {
    const some = byBefore.get(at) ?? [];
    // Where one has left the job as it was, that one comes first.
    const same = some.findIndex(({ changed }) => textOf(changed.job) === at);
    const [next] = some.splice(Math.max(same, 0), 1);
    if (!next) break;
    chain.push(next);
    at = textOf(next.changed.job);
  }
  const left = [...byBefore.values()].flat();
  assert.equal(left.length, 0, `${left.length} changes began where none had ended`);
  return chain;
}

/** Reports at random to two stores over the same jobs, all at once, against the model. */
function testModel(
  name: string,
  ignore: boolean,
  open: (use: (a: Store, b: Store) => Promise<void>) => Promise<void>,
): void {
  Deno.test({
    name: `[G3] [G4] [G9] ${name}: what comes at once, anywhere, is decided as one after the other`,
    ignore,
    fn: async () => {
      const seed = Number(Deno.env.get("ASYA_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 31));
      console.log(`seed ${seed}`);
      await open((a, b) => runModel(seededRandom(seed), a, b));
    },
  });
}

async function runModel(random: () => number, a: Store, b: Store): Promise<void> {
  const ids = Array.from({ length: JOBS }, (_, index) => `job-${index}`);
  const jobs = new Map(ids.map((id) => [id, jobOf(id, { steps: STEPS, timeoutSeconds: 1e6 })]));
  await Promise.all(ids.map((id) => a.create(entryOf(id, { job: jobs.get(id)! }))));
  const answered = new Map(ids.map((id) => [id, [] as Answered[]]));
  const reports = ids.flatMap((id) =>
    Array.from({ length: REPORTS }, (_, n) => ({ id, ...randomReport(random, id, n) }))
  ).sort(() => random() - 0.5);
  await inTime(
    "all answers",
    Promise.all(reports.map(async ({ id, ...report }) => {
      const changed = await (random() < 0.5 ? a : b).change(id, report.branch, report.transition);
      assert(changed);
      answered.get(id)?.push({ ...report, changed });
    })),
    60_000,
  );
  let ends = 0;
  for (const id of ids) {
    const model = new ModelJob(jobs.get(id)!);
    let end: Job | undefined;
    for (const report of inOrder(model.job, answered.get(id)!)) {
      const before = model.job;
      model.apply(report);
      assert.equal(textOf(model.job), textOf(report.changed.job), id);
      if (isTerminal(before.status)) assert.equal(model.job.status, before.status, id);
      if (end === undefined && isTerminal(model.job.status)) end = model.job;
    }
    const stored = await b.read(id);
    assert.equal(textOf(stored?.job), textOf(model.job), id);
    assert.equal(textOf(stored?.result), textOf(model.result), id);
    if (end === undefined) continue;
    ends++;
    assert.equal(stored?.job.status, end.status);
    const updates = await b.updatesAfter(id, 0, 1_000) ?? [];
    assert.deepEqual(updates.map(({ seq }) => seq), updates.map((_, index) => index + 1), id);
    assert.equal(textOf(updates.map(({ update }) => update)), textOf(model.updates), id);
    assertRising(updates.map(({ update }) => update), id);
    if (end.status === "Failed") assert.equal(textOf(stored?.ended ?? []), textOf(model.ended), id);
  }
  assert(ends > JOBS / 2, `${ends} jobs have ended`);
}

/** Progress never goes down, but for the one tenth that a job loses which fails at its very end. */
function assertRising(updates: readonly JobUpdate[], id: string): void {
  let percent = 0;
  for (const { progressPercent: next = percent, status } of updates) {
    assert(next >= percent || (status === "Failed" && next === 99.9), `${id}: ${percent}, ${next}`);
    percent = next;
  }
}

testModel("memory", false, async (use) => {
  const store = createMemoryStore({ maxJobs: 1_000 });
  await use(store, store);
  await store.close();
});

testModel("sqlite", false, async (use) => {
  await using folder = await makeTempFolder();
  const store = await openSqliteStore(folder.at("gateway.db"));
  await use(store, store);
  await store.close();
});

testModel("postgres", postgres.isMissing, async (use) => {
  await using database = await postgres.createDatabase();
  await using a = await openPostgres(database.url);
  await using b = await openPostgres(database.url);
  await use(a.store, b.store);
});
