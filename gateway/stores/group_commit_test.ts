import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { makeTempFolder } from "../../tests/kit/temp_folder.ts";
import { GroupCommit } from "./group_commit.ts";
import { isStoreError } from "./store_error.ts";

Deno.test("group commit: a file that somebody else holds is waited for once, by all together", async () => {
  await using folder = await makeTempFolder();
  using other = new DatabaseSync(folder.at("db"));
  other.exec("CREATE TABLE numbers (n INTEGER); BEGIN IMMEDIATE");
  using db = new DatabaseSync(folder.at("db"), { timeout: 0 });
  let begins = 0;
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) => {
    const statement = prepare(sql);
    if (!sql.startsWith("BEGIN")) return statement;
    const run = statement.run.bind(statement);
    statement.run = () => {
      begins++;
      return run();
    };
    return statement;
  };
  const commits = new GroupCommit(db);
  const insert = () => commits.run(() => db.exec("INSERT INTO numbers VALUES (1)"));
  const outcomes = await Promise.allSettled([insert(), insert(), insert()]);
  assert.equal(begins, 1);
  assert.equal(commits.healthy, false);
  assert(outcomes.every((one) => one.status === "rejected" && isStoreError(one.reason)));

  other.exec("ROLLBACK");
  await Promise.all([insert(), insert()]);
  assert.deepEqual({ ...db.prepare("SELECT count(*) AS n FROM numbers").get() }, { n: 2 });
  assert.equal(commits.healthy, true);
});

Deno.test("group commit: a value that is too large fails alone, and says nothing of the file", async () => {
  using db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE texts (t TEXT)");
  const commits = new GroupCommit(db);
  const insert = (value: string) =>
    commits.run(() => db.prepare(`INSERT INTO texts VALUES (${value})`).run());
  const outcomes = await Promise.allSettled([insert("'a'"), insert("zeroblob(2000000000)")]);
  assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected"]);
  assert.equal(commits.healthy, true);
});
