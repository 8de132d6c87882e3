import { applyFinal, applyProgress } from "@asya/protocol";
import assert from "node:assert/strict";
import { askOnce, findPostgres, inTime, openSql, poll, TcpProxy } from "../../tests/kit/mod.ts";
import type { Transition } from "../jobs/stored_job.ts";
import { openPostgres, type PostgresUnderTest } from "../testing/open_postgres.ts";
import { entryOf } from "../testing/store_suite.ts";

const postgres = await findPostgres();
const now = new Date("2026-01-01T00:00:01Z");

/** A report that is another update each time it is applied. */
const working: Transition = (state) =>
  applyProgress(state, {
    ...{ step: "a", stepIndex: 0, totalSteps: 2, status: "processing", actorName: "a" },
    message: "",
  }, now);

/** What a test of a lost answer stands on. */
interface Bench {
  readonly proxy: TcpProxy;
  /** Reaches the database through the proxy. */
  readonly near: PostgresUnderTest;
  /** Reaches it directly, as another gateway does. */
  readonly other: PostgresUnderTest;
  /** Asks the database itself. */
  readonly url: string;
}

function testOnce(name: string, fn: (bench: Bench) => Promise<void>): void {
  Deno.test({
    name: `[G3] [G4] postgres: ${name}`,
    ignore: postgres.isMissing,
    fn: async () => {
      await using database = await postgres.createDatabase();
      await using proxy = new TcpProxy(Number(new URL(database.url).port));
      const through = new URL(database.url);
      through.port = String(proxy.port);
      await using other = await openPostgres(database.url);
      await using near = await openPostgres(through.href, { poolSize: 1 });
      await fn({ proxy, near, other, url: database.url });
    },
  });
}

/** Has the one connection that there is prepare its statements, for which it needs answers. */
async function prepare({ store }: PostgresUnderTest): Promise<void> {
  await store.change("a", undefined, working);
}

async function versionsOf(url: string, ids: readonly string[]): Promise<number[]> {
  const rows = await askOnce(
    url,
    (sql) => sql`SELECT version FROM asya.jobs WHERE id = ANY (${[...ids]})`,
  );
  return rows.map(({ version }) => version);
}

async function assertUpdates({ other }: Bench, id: string, count: number): Promise<void> {
  const updates = await other.store.updatesAfter(id, 0, 1_000) ?? [];
  assert.deepEqual(
    updates.map(({ seq }) => seq),
    Array.from({ length: count }, (_, index) => index + 1),
  );
}

testOnce("a change whose answer was lost is recorded once", async (bench) => {
  const { proxy, near, url } = bench;
  await near.store.create(entryOf("a"));
  for (let count = 2; count <= 10; count += 2) {
    await prepare(near);
    const change = near.store.change("a", undefined, (state) => {
      // What is written next is done, and nobody here hears of it.
      if (state.job.updateCount < count) proxy.mute();
      return working(state);
    });
    await poll("the commit", async () => (await versionsOf(url, ["a"])).includes(count));
    proxy.cut();
    const changed = await inTime("the answer", change);
    assert.equal(changed?.change.kind, "changed");
    assert.equal(changed?.job.updateCount, count);
    await assertUpdates(bench, "a", count);
  }
});

testOnce(
  "its answer is found although another gateway has changed the job since",
  async (bench) => {
    const { proxy, near, other, url } = bench;
    await near.store.create(entryOf("a"));
    await prepare(near);
    const change = near.store.change("a", undefined, (state) => {
      if (state.job.updateCount === 1) proxy.mute();
      return working(state);
    });
    await poll("the commit", async () => (await versionsOf(url, ["a"])).includes(2));
    await other.store.change("a", undefined, working);
    await other.store.change(
      "a",
      undefined,
      (state) => applyFinal(state, { status: "failed" }, now),
    );
    proxy.cut();
    const changed = await inTime("the answer", change);
    assert.equal(changed?.change.kind === "changed" && changed.job.status, "Running");
    await assertUpdates(bench, "a", 4);
  },
);

testOnce("of many changes, those that lost a race are done again, and no others", async (bench) => {
  const { proxy, near, other, url } = bench;
  const ids = Array.from({ length: 40 }, (_, index) => `job-${index}`);
  await Promise.all(ids.map((id) => near.store.create(entryOf(id))));
  const contested = ids.filter((_, index) => index % 4 === 0);
  const holding = openSql(url);
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const done = holding.begin(async (sql) => {
    await sql`SELECT 1 FROM asya.jobs WHERE id = ANY (${contested}) FOR UPDATE`;
    await sql`UPDATE asya.jobs SET version = version + 1 WHERE id = ANY (${contested})`;
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  const changes = ids.map((id) => near.store.change(id, undefined, working));
  await waitForLocks(url, 1);
  proxy.mute();
  release.resolve();
  await done;
  const others = ids.filter((id) => !contested.includes(id));
  await poll("the commit", async () => (await versionsOf(url, others)).includes(1));
  proxy.cut();
  await inTime("the answers", Promise.all(changes));
  for (const id of ids) await assertUpdates(bench, id, 1);
  assert.equal((await other.store.read("job-0"))?.job.status, "Running");
  await holding.end();
});

testOnce(
  "an attempt that is still under way at the server is not joined by another",
  async (bench) => {
    const { proxy, near, url } = bench;
    await near.store.create(entryOf("a"));
    const holding = openSql(url);
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const done = holding.begin(async (sql) => {
      await sql`SELECT 1 FROM asya.jobs WHERE id = 'a' FOR UPDATE`;
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const change = near.store.change("a", undefined, working);
    await waitForLocks(url, 1);
    proxy.cut();
    // The first attempt goes on without its client, and the second one waits behind it.
    await waitForLocks(url, 2);
    release.resolve();
    await done;
    const changed = await inTime("the answer", change);
    assert.equal(changed?.job.updateCount, 1);
    await assertUpdates(bench, "a", 1);
    await holding.end();
  },
);

testOnce(
  "a writer that comes back after others have taken its number knows its own",
  async (bench) => {
    const { near, other, url } = bench;
    await Promise.all(["a", "b"].map((id) => near.store.create(entryOf(id))));
    await Promise.all(
      [near, other].flatMap(({ store }) =>
        ["a", "b"].map((id) => store.change(id, undefined, working))
      ),
    );
    const [row] = await askOnce(url, (sql) => sql`SELECT count(*)::int AS n FROM asya.writers`);
    assert(row?.n >= 2, `${row?.n} writers`);
    await assertUpdates(bench, "a", 2);
    await assertUpdates(bench, "b", 2);
  },
);

async function waitForLocks(url: string, count: number): Promise<void> {
  await poll(`${count} statements to wait for a lock`, async () => {
    const [row] = await askOnce(
      url,
      (sql) =>
        sql`SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row?.n >= count;
  });
}
