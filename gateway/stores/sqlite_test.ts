import { applyProgress } from "@asya/protocol";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { makeTempFolder } from "../../tests/kit/temp_folder.ts";
import { openSqliteStore } from "./sqlite.ts";
import { isStoreError } from "./store_error.ts";
import { entryOf, testStore } from "../testing/store_suite.ts";

testStore("[G9] sqlite", async () => {
  const folder = await makeTempFolder();
  const store = await openSqliteStore(folder.at("jobs/gateway.db"));
  return {
    store,
    close: async () => {
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
});

Deno.test("sqlite: what is stored is there when the file is opened again", async () => {
  await using folder = await makeTempFolder();
  const path = folder.at("gateway.db");
  const first = await openSqliteStore(path);
  const entry = entryOf("j1");
  await first.create(entry);
  await first.close();
  const second = await openSqliteStore(path);
  assert.deepEqual(await second.read("j1"), { job: entry.job, payload: entry.payload });
  await second.close();
});

Deno.test("[G2] sqlite: what was not sent is due at once when the file is opened again", async () => {
  await using folder = await makeTempFolder();
  const path = folder.at("gateway.db");
  const first = await openSqliteStore(path);
  await first.create(entryOf("j1"));
  await first.close();
  const second = await openSqliteStore(path);
  assert.deepEqual((await second.takeDue(1, 2, 10)).map(({ job }) => job.id), ["j1"]);
  await second.close();
});

Deno.test("sqlite: what came in one turn before the end is committed", async () => {
  await using folder = await makeTempFolder();
  const path = folder.at("gateway.db");
  const first = await openSqliteStore(path);
  const created = Promise.all(["a", "b"].map((id) => first.create(entryOf(id))));
  await first.close();
  assert.deepEqual(await created, ["stored", "stored"]);
  const second = await openSqliteStore(path);
  assert.equal((await second.list({ limit: 9 })).jobs.length, 2);
  await second.close();
});

Deno.test("sqlite: one bad operation does not spoil those that share its transaction", async () => {
  await using folder = await makeTempFolder();
  const store = await openSqliteStore(folder.at("gateway.db"));
  const outcomes = await Promise.allSettled([
    store.create(entryOf("a")),
    store.create(entryOf("a")),
    store.create(entryOf("b")),
  ]);
  assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  const [, bad] = outcomes;
  assert(bad.status === "rejected" && isStoreError(bad.reason));
  assert.equal((await store.list({ limit: 9 })).jobs.length, 2);
  assert.equal(store.healthy, true);
  await store.close();
});

Deno.test("sqlite: a transition that throws rejects its own change only", async () => {
  await using folder = await makeTempFolder();
  const store = await openSqliteStore(folder.at("gateway.db"));
  await store.create(entryOf("a"));
  await assert.rejects(store.change("a", undefined, () => {
    throw new RangeError("boom");
  }));
  const report = { step: "a", stepIndex: 0, totalSteps: 2, actorName: "a", message: "" };
  const changed = await store.change(
    "a",
    undefined,
    (state) =>
      applyProgress(state, { ...report, status: "received" }, new Date("2026-01-01T00:00:01Z")),
  );
  assert.equal(changed?.job.status, "Running");
  await store.close();
});

Deno.test("sqlite: a file of somebody else is refused and left as it is", async () => {
  await using folder = await makeTempFolder();
  const path = folder.at("other.db");
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE precious (x)");
  other.close();
  await assert.rejects(openSqliteStore(path), /an empty file, or application \d+/);
  const text = await folder.write("text.db", "this is no database, but it is long enough to look");
  await assert.rejects(openSqliteStore(text));
  const again = new DatabaseSync(path);
  assert.equal(again.prepare("SELECT count(*) AS n FROM precious").get()?.n, 0);
  again.close();
});

Deno.test("[G12] sqlite: a file of the version before keeps its jobs, and gets keys", async () => {
  await using folder = await makeTempFolder();
  const path = folder.at("gateway.db");
  const first = await openSqliteStore(path);
  await first.create(entryOf("old"));
  await first.close();
  const before = new DatabaseSync(path);
  before.exec(`DROP TABLE pulse; DROP INDEX jobs_by_key; ALTER TABLE jobs DROP COLUMN key;
    ALTER TABLE jobs DROP COLUMN key_digest; PRAGMA user_version = 1`);
  before.close();
  const key = { id: "k", digest: "d" };
  for (const [id, created] of [["new", "stored"], ["again", { digest: "d" }]] as const) {
    const store = await openSqliteStore(path);
    assert.equal((await store.read("old"))?.job.id, "old");
    const got = await store.create(entryOf(id, { key }));
    if (typeof got === "object") assert.equal(got.job.id, "new");
    assert.deepEqual(typeof got === "object" ? { digest: got.digest } : got, created);
    await store.close();
  }
});

Deno.test("sqlite: only its owner may read the file", async () => {
  await using folder = await makeTempFolder();
  const store = await openSqliteStore(folder.at("gateway.db"));
  await store.create(entryOf("a"));
  for (const name of ["gateway.db", "gateway.db-wal"]) {
    assert.equal((await Deno.stat(folder.at(name))).mode! & 0o077, 0, name);
  }
  await store.close();
});

const nowhere = new URL("./nowhere/jobs.db", import.meta.url).pathname;

Deno.test("sqlite: whoever may write the file alone is told to make its folder", {
  permissions: { read: [nowhere], write: [nowhere] },
}, async () => {
  const folder = nowhere.replace("/jobs.db", "");
  await assert.rejects(openSqliteStore(nowhere), new RegExp(`: make the folder ${folder}; `));
});
