import { applyCancel, applyDeadline, applyFinal, applyProgress } from "@asya/protocol";
import assert from "node:assert/strict";
import { askOnce, findPostgres, poll, type TestDatabase } from "../../tests/kit/mod.ts";
import { openPostgres, type PostgresUnderTest } from "../testing/open_postgres.ts";
import { entryOf, jobOf, testStore } from "../testing/store_suite.ts";
import type { Store } from "./store.ts";

const postgres = await findPostgres();
const ignore = postgres.isMissing;
const now = new Date("2026-01-01T00:00:01Z");

if (!ignore) {
  testStore("[G9] postgres", async () => {
    const database = await postgres.createDatabase();
    const { store } = await openPostgres(database.url);
    return {
      store,
      async close() {
        await store.close();
        await database[Symbol.asyncDispose]();
      },
    };
  });
}

/** Registers a test of two gateways' stores in one database. */
function testPair(
  name: string,
  fn: (a: PostgresUnderTest, b: PostgresUnderTest, database: TestDatabase) => Promise<void>,
): void {
  Deno.test({
    name: `postgres: ${name}`,
    ignore,
    fn: async () => {
      await using database = await postgres.createDatabase();
      await using a = await openPostgres(database.url);
      await using b = await openPostgres(database.url);
      await fn(a, b, database);
    },
  });
}

function progress(store: Store, id: string, status: "received" | "completed" = "received") {
  const report = { step: "a", stepIndex: 0, totalSteps: 2, actorName: "a", message: "", status };
  return store.change(id, undefined, (state) => applyProgress(state, report, now));
}

testPair("[G3] two gateways race for the end of jobs, and each has one", async (a, b) => {
  const ids = Array.from({ length: 300 }, (_, index) => `job-${index}`);
  await Promise.all(ids.map((id) => a.store.create(entryOf(id))));
  const outcomes = await Promise.all(ids.flatMap((id) =>
    [a, b].flatMap(({ store }) => [
      progress(store, id),
      store.change(id, undefined, ({ job }) => applyCancel(job, now)),
      store.change(id, undefined, (state) => applyFinal(state, { status: "succeeded" }, now)),
    ])
  ));
  for (const id of ids) {
    const stored = await a.store.read(id);
    const ends = outcomes.filter((one) =>
      one?.job.id === id && one.before.endedBy === undefined && one.job.endedBy !== undefined
    );
    assert.equal(ends.length, 1, id);
    assert.deepEqual(stored?.job, JSON.parse(JSON.stringify(ends[0]?.job)));
    const updates = await b.store.updatesAfter(id, 0, 100) ?? [];
    assert.deepEqual(updates.map(({ seq }) => seq), updates.map((_, index) => index + 1));
    assert.equal(updates.length, stored?.job.updateCount);
    assert.equal(updates.at(-1)?.update.status, stored?.job.status);
  }
});

testPair(
  "[G12] calls with the same keys at two gateways make one job for each key",
  async (a, b) => {
    const keys = Array.from({ length: 60 }, (_, n) => ({ id: `k${n}`, digest: `d${n}` }));
    const stores = [a.store, b.store];
    const created = await Promise.all(
      keys.flatMap((key, n) =>
        [0, 1, 2, 3].map(async (turn) => {
          const id = `${key.id}-${turn}`;
          const became = await stores[(n + turn) % 2]?.create(entryOf(id, { key }));
          return { key: key.id, id: typeof became === "object" ? became.job.id : id, became };
        })
      ),
    );
    assert.equal(created.filter(({ became }) => became === "stored").length, keys.length);
    for (const key of keys) {
      const ids = new Set(created.filter((one) => one.key === key.id).map(({ id }) => id));
      assert.equal(ids.size, 1, key.id);
      for (const id of ids) assert.equal((await b.store.read(id))?.job.id, id);
    }
    const unsent = await a.store.takeDue(Number.MAX_SAFE_INTEGER, 0, 999);
    assert.equal(unsent.length, keys.length);
  },
);

testPair("[G11] a fan-out whose branches end at two gateways is gathered whole", async (a, b) => {
  await a.store.create(entryOf("j1", { job: jobOf("j1", { steps: ["a"], timeoutSeconds: 1e6 }) }));
  const branches = Array.from({ length: 120 }, (_, index) => `/${index}:120:ab`);
  await Promise.all(
    branches.map((branch, index) =>
      (index % 2 === 0 ? a : b).store.change(
        "j1",
        branch,
        (state) => applyFinal(state, { status: "succeeded", branch, result: index }, now),
      )
    ),
  );
  const stored = await b.store.read("j1");
  assert.equal(stored?.job.status, "Succeeded");
  assert.deepEqual(stored?.result, branches.map((_, index) => index));
});

testPair("[G5] who watches at one gateway is told what another does, once", async (a, b) => {
  await a.store.create(entryOf("j1"));
  let told = 0;
  b.store.watch("j1", () => told++);
  a.store.watch("j1", () => told++);
  await progress(a.store, "j1");
  await poll("the news at both", () => told === 2);
  await progress(b.store, "j1", "completed");
  await poll("the news at both again", () => told === 4);
  // What comes of the second update's notice has come when the third's has.
  await a.store.change("j1", undefined, ({ job }) => applyCancel(job, now));
  await poll("the end at both", () => told >= 6);
  assert.equal(told, 6);
});

testPair("[G2] two gateways that look for messages take different ones", async (a, b) => {
  const ids = Array.from({ length: 200 }, (_, index) => `job-${index}`);
  await Promise.all(ids.map((id) => a.store.create(entryOf(id))));
  const later = now.getTime() + 60_000;
  const takeSome = async ({ store }: PostgresUnderTest) => {
    const some = await store.takeDue(later, later + 10_000, 3);
    return some.map(({ job }) => job.id);
  };
  // Each has some before the other can have taken all.
  const [firstOfA, firstOfB] = [await takeSome(a), await takeSome(b)];
  assert.deepEqual([firstOfA.length, firstOfB.length], [3, 3]);
  const take = async (by: PostgresUnderTest, first: readonly string[]) => {
    const taken = [...first];
    for (let some = first; some.length > 0;) {
      some = await takeSome(by);
      taken.push(...some);
    }
    return taken;
  };
  const [byA, byB] = await Promise.all([take(a, firstOfA), take(b, firstOfB)]);
  assert.deepEqual([...byA, ...byB].sort(), [...ids].sort());
  assert.deepEqual(await a.store.hold(byA, later + 20_000), []);
  assert.deepEqual(await a.store.hold(byB, later + 20_000), byB);
});

testPair(
  "[G2] [G11] what a gateway holds no longer is taken by another, and it is told",
  async (a, b) => {
    await a.store.create(entryOf("j1"));
    const due = now.getTime() + 60_000;
    assert.equal((await b.store.takeDue(due, due + 10_000, 9)).length, 1);
    assert.deepEqual(await a.store.hold(["j1"], due + 99_000), ["j1"]);
    assert.deepEqual(await a.store.takeDue(due + 9_000, due + 99_000, 9), []);
    assert.deepEqual(await b.store.hold(["j1"], due + 20_000), []);
    assert.deepEqual(await a.store.takeDue(due + 19_000, due + 99_000, 9), []);
  },
);

testPair(
  "[G8] [G11] one of them looks after deadlines and old jobs, and another after it",
  async (a, b) => {
    assert.equal(a.count("leading"), 1);
    assert.equal(b.count("leading"), 0);
    for (const id of ["late", "later"]) await b.store.create(entryOf(id));
    const past = now.getTime() + 1e9;
    assert.deepEqual(await b.store.overdue(past, 9), []);
    assert.equal((await a.store.overdue(past, 9)).length, 2);
    await a.store.change("late", undefined, ({ job }) => applyDeadline(job, new Date(past)));
    await a.store.close();
    await poll("the other to lead", () => b.count("leading") === 1);
    assert.deepEqual(await b.store.overdue(past, 9), ["later"]);
    assert.equal(await b.store.deleteFinished(past + 1, 9), 1);
    assert.equal(await b.store.read("late"), undefined);
  },
);

testPair(
  "two deletes of one slice do not meet, nor do jobs stay that nobody reads",
  async (a, b, database) => {
    await Promise.all(Array.from({ length: 90 }, async (_, index) => {
      const id = `job-${index}`;
      await b.store.create(entryOf(id));
      await progress(b.store, id);
      await b.store.change(
        id,
        undefined,
        (state) => applyFinal(state, { status: "succeeded" }, now),
      );
    }));
    const past = now.getTime() + 1;
    const counts = await Promise.all([1, 2, 3].map(() => a.store.deleteFinished(past, 40)));
    let deleted = counts.reduce((sum, count) => sum + count, 0);
    for (let more = -1; more !== 0; deleted += more) more = await a.store.deleteFinished(past, 40);
    assert.equal(deleted, 90);
    for (const table of ["jobs", "job_values", "updates", "outbox"]) {
      const [row] = await askOnce(
        database.url,
        (sql) => sql`SELECT count(*)::int AS n FROM ${sql(`asya.${table}`)}`,
      );
      assert.equal(row?.n, 0, table);
    }
  },
);

Deno.test({
  name: "postgres: text that it cannot hold is nobody's id, and spoils nothing",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using under = await openPostgres(database.url);
    const { store } = under;
    for (const id of ["\0", "a\0b", "\ud800"]) {
      assert.equal(await store.read(id), undefined);
      assert.equal(await store.updatesAfter(id, 0, 1), undefined);
      assert.equal(await progress(store, id), undefined);
      assert.deepEqual(await store.list({ limit: 9, tool: id }), { jobs: [] });
    }
    const outcomes = await Promise.allSettled([
      store.create(entryOf("a")),
      store.create(entryOf("b", { job: jobOf("b", { owner: "\0" }) })),
      store.create(entryOf("a")),
      store.create(entryOf("c")),
    ]);
    assert.deepEqual(outcomes.map(({ status }) => status), [
      "fulfilled",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    const { jobs } = await store.list({ limit: 9 });
    assert.deepEqual(jobs.map(({ id }) => id), ["c", "a"]);
    assert.equal(store.healthy, true);
  },
});

Deno.test({
  name: "postgres: a transition that throws rejects its own change only",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using under = await openPostgres(database.url);
    const { store } = under;
    await store.create(entryOf("a"));
    const thrown = store.change("a", undefined, () => {
      throw new RangeError("boom");
    });
    const [bad, good] = await Promise.allSettled([thrown, progress(store, "a")]);
    assert.equal(bad.status, "rejected");
    assert.equal(good.status === "fulfilled" && good.value?.job.status, "Running");
  },
});

Deno.test({
  name: "postgres: large results go through, one statement after the other",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using under = await openPostgres(database.url);
    const { store } = under;
    const ids = ["a", "b", "c"];
    const result = "x".repeat(6 * 1024 * 1024);
    await Promise.all(ids.map((id) => store.create(entryOf(id, { payload: result }))));
    await Promise.all(
      ids.map((id) =>
        store.change(
          id,
          undefined,
          (state) => applyFinal(state, { status: "succeeded", result }, now),
        )
      ),
    );
    for (const id of ids) assert.equal((await store.read(id))?.result, result);
    // Of what is to be sent, no more is taken at once than memory has room for.
    await Promise.all(
      Array.from(
        { length: 7 },
        (_, index) => store.create(entryOf(`big-${index}`, { payload: result })),
      ),
    );
    const due = now.getTime() + 60_000;
    const taken = await store.takeDue(due, due + 1, 100);
    assert.equal(taken.length, 5);
    assert.equal((await store.takeDue(due, due + 1, 100)).length, 2);
  },
});
