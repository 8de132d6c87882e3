import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openSqliteJoins } from "./join_sqlite.ts";
import type { JoinState } from "./join_state.ts";
import { createJoinState } from "./join_table.ts";
import { KEEP_MS, testJoinState } from "./testing/join_state_suite.ts";

testJoinState("SQLite", async (test) => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/join.sqlite`;
  const clock = { ms: 1_800_000_000_000 };
  const opened: JoinState[] = [];
  try {
    await test({
      clock,
      open() {
        const memory = { keepMs: KEEP_MS, now: () => clock.ms };
        const state = createJoinState(openSqliteJoins(path), memory);
        opened.push(state);
        return state;
      },
      kept() {
        using db = new DatabaseSync(path);
        const count = (table: string) =>
          Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
        const counts = { fanOuts: count("join_fan_outs"), branches: count("join_branches") };
        return Promise.resolve(counts);
      },
    });
  } finally {
    for (const state of opened) await state[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that others hold is away for a while, a row that is wrong is not", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/join.sqlite`;
  const state = createJoinState(openSqliteJoins(path, 10), { keepMs: KEEP_MS, now: () => 0 });
  const group = { jobId: "j1", stepIndex: 1, parent: "", group: "ab", count: 1 };
  const arrival = { index: 0, outcome: "arrived", payload: "x".repeat(1_000_000) } as const;
  const rule = { wait: "quorum", late: "drop" } as const;
  const arrive = () => state.arrive(group, arrival, rule);
  try {
    assert.equal((await Deno.stat(path)).mode! & 0o077, 0, "nobody else's to read");
    using other = new DatabaseSync(path);
    // Stands for a row that is wrong, which no waiting mends.
    other.exec(
      "CREATE TRIGGER no BEFORE INSERT ON join_branches BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    await assert.rejects(arrive, (error) => !state.isAway(error));
    other.exec("DROP TRIGGER no");
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(arrive, (error) => state.isAway(error));
    other.exec("ROLLBACK");
    assert.equal((await arrive()).kind, "merge");
  } finally {
    await state[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
});
