import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { GroupCommit, type GroupCommitOptions, type Operation } from "./group_commit.ts";

/** Two connections to one file, and a group commit on the first. */
async function withFile(
  run: (context: {
    db: DatabaseSync;
    other: DatabaseSync;
    create: (options?: Partial<GroupCommitOptions>) => GroupCommit;
    events: string[];
  }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const open = () => new DatabaseSync(`${folder}/file.db`, { timeout: 0 });
  const [db, other] = [open(), open()];
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE entry (text TEXT UNIQUE) STRICT");
  const events: string[] = [];
  const create = (options: Partial<GroupCommitOptions> = {}) =>
    new GroupCommit({
      db,
      probe: () =>
        db.exec("INSERT INTO entry VALUES ('probe'); DELETE FROM entry WHERE text = 'probe'"),
      onBroken: (error) => events.push(`broken: ${error instanceof Error && error.message}`),
      onRepaired: () => events.push("repaired"),
      ...options,
    });
  await run({ db, other, create, events });
  db.close();
  other.close();
  await Deno.remove(folder, { recursive: true });
}

/** An operation that adds an entry; resolves to what became of it. */
function insert(
  commits: GroupCommit,
  db: DatabaseSync,
  text: string,
  options: Partial<Operation> = {},
): Promise<string> {
  const statement = db.prepare("INSERT INTO entry VALUES (?)");
  return new Promise((resolve) =>
    commits.add({
      work: () => {
        statement.run(text);
        return () => resolve("done");
      },
      failed: () => resolve("failed"),
      dropped: () => resolve("dropped"),
      durable: true,
      ...options,
    })
  );
}

function entries(db: DatabaseSync): unknown[] {
  return db.prepare("SELECT text FROM entry ORDER BY rowid").all().map(({ text }) => text);
}

Deno.test("what arrives in one turn is one transaction, what wants to be last is last", () =>
  withFile(async ({ db, create }) => {
    const commits = create();
    const steps: string[] = [];
    const add = (name: string, last = false) =>
      new Promise<void>((resolve) =>
        commits.add({
          work: () => {
            steps.push(`work ${name}`);
            return () => {
              steps.push(`after ${name}, ${db.isTransaction ? "inside" : "outside"}`);
              resolve();
            };
          },
          dropped: () => {},
          durable: false,
          last,
        })
      );
    await Promise.all([add("a"), add("b", true), add("c")]);
    await add("d");
    assert.deepEqual(steps, [
      ...["work a", "work c", "work b"],
      ...["after a, outside", "after c, outside", "after b, outside"],
      ...["work d", "after d, outside"],
    ]);
  }));

Deno.test("only what must survive a loss of power waits for the disk", () =>
  withFile(async ({ db, create }) => {
    const commits = create();
    const levelOf = (durable: boolean) =>
      new Promise((resolve) =>
        commits.add({
          work: () => {
            const level = db.prepare("PRAGMA synchronous").get()?.synchronous;
            return () => resolve(level);
          },
          dropped: () => {},
          durable,
        })
      );
    const [normal, full] = [1, 2]; // as SQLite numbers them
    assert.equal(await levelOf(true), full);
    assert.equal(await levelOf(false), normal);
    assert.equal(await levelOf(true), full);
    assert.deepEqual(await Promise.all([levelOf(false), levelOf(true)]), [full, full]);
  }));

Deno.test("an operation that is refused harms no other", () =>
  withFile(async ({ db, create, events }) => {
    const commits = create();
    const outcomes = await Promise.all(
      ["a", "a", "b"].map((text) => insert(commits, db, text)),
    );
    assert.deepEqual(outcomes, ["done", "failed", "done"]);
    assert.deepEqual(entries(db), ["a", "b"]);
    assert.deepEqual(events, []);
  }));

Deno.test("while another process has the lock, work waits and the event loop does not", () =>
  withFile(async ({ db, other, create, events }) => {
    const commits = create();
    other.exec("BEGIN IMMEDIATE");
    const outcome = insert(commits, db, "a");
    // Lets the event loop turn while the lock is held: some tries are made in vain.
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(entries(other), []);
    other.exec("COMMIT");
    assert.equal(await outcome, "done");
    assert.deepEqual(entries(other), ["a"]);
    assert.deepEqual(events, []);
  }));

Deno.test("a lock that is never given back counts as broken, until it is", () =>
  withFile(async ({ db, other, create, events }) => {
    const commits = create({ maxBusyMs: 20 });
    other.exec("BEGIN IMMEDIATE");
    const kept = insert(commits, db, "kept", { failed: undefined });
    assert.equal(await insert(commits, db, "given up"), "failed");
    assert.equal(commits.healthy, false);
    assert.deepEqual(events, ["broken: database is locked"]);
    other.exec("COMMIT");
    assert.equal(await kept, "done");
    assert.equal(commits.healthy, true);
    assert.deepEqual(events, ["broken: database is locked", "repaired"]);
    assert.deepEqual(entries(other), ["kept"]);
  }));

Deno.test("a full disk fails what can be done again elsewhere, keeps the rest, and mends", () =>
  withFile(async ({ db, other, create, events }) => {
    const repaired = Promise.withResolvers<void>();
    const commits = create({ onRepaired: repaired.resolve });
    const large = "x".repeat(100_000);
    db.exec("PRAGMA max_page_count = 4");
    const kept = insert(commits, db, `kept ${large}`, { failed: undefined });
    assert.equal(await insert(commits, db, "small"), "failed");
    assert.deepEqual(events, ["broken: database or disk is full"]);
    db.exec("PRAGMA max_page_count = 1000");
    assert.equal(await kept, "done");
    await repaired.promise;
    assert.deepEqual(entries(other), [`kept ${large}`]);
  }));

Deno.test("a broken file is tried again by itself when nothing else is to be done", () =>
  withFile(async ({ db, other, create, events }) => {
    const repaired = Promise.withResolvers<void>();
    const commits = create({ onRepaired: repaired.resolve });
    db.exec("PRAGMA max_page_count = 4");
    assert.equal(await insert(commits, db, "x".repeat(100_000)), "failed");
    assert.equal(events.length, 1);
    await repaired.promise;
    assert.deepEqual(entries(other), []);
  }));

Deno.test("closing does what is pending, and drops it when it cannot be done", () =>
  withFile(async ({ db, other, create }) => {
    const closing = create();
    const done = insert(closing, db, "a");
    await closing.close(10_000);
    assert.equal(await done, "done");
    assert.equal(await insert(closing, db, "b"), "dropped");

    other.exec("BEGIN IMMEDIATE");
    const stuck = create();
    const dropped = insert(stuck, db, "c");
    await stuck.close(20);
    assert.equal(await dropped, "dropped");
    other.exec("COMMIT");
    assert.deepEqual(entries(other), ["a"]);

    db.exec("PRAGMA max_page_count = 4");
    const broken = create();
    assert.equal(await insert(broken, db, "x".repeat(100_000)), "failed");
    const refused = insert(broken, db, "y".repeat(100_000), { failed: undefined });
    await broken.close(3_600_000);
    assert.equal(await refused, "dropped");
  }));
