import assert from "node:assert/strict";
import { askOnce, findPostgres } from "../tests/kit/mod.ts";
import { openPostgresJoins } from "./join_postgres.ts";
import type { JoinState } from "./join_state.ts";
import { createJoinState } from "./join_table.ts";
import { KEEP_MS, testJoinState } from "./testing/join_state_suite.ts";

const postgres = await findPostgres();

testJoinState("PostgreSQL", async (test) => {
  await using database = await postgres.createDatabase();
  const clock = { ms: 1_800_000_000_000 };
  const opened: JoinState[] = [];
  try {
    await test({
      clock,
      open() {
        const memory = { keepMs: KEEP_MS, now: () => clock.ms };
        const state = createJoinState(openPostgresJoins(database.url, undefined), memory);
        opened.push(state);
        return state;
      },
      async kept() {
        const [row] = await askOnce(database.url, (sql) =>
          sql`
            SELECT (SELECT count(*) FROM asya.join_fan_outs)::int AS "fanOuts",
              (SELECT count(*) FROM asya.join_branches)::int AS branches`);
        return { fanOuts: row?.fanOuts, branches: row?.branches };
      },
    });
  } finally {
    for (const state of opened) await state[Symbol.asyncDispose]();
  }
}, { ignore: postgres.isMissing });

const group = { jobId: "j1", stepIndex: 1, parent: "", group: "ab", count: 2 };
const rule = { wait: "quorum", late: "drop" } as const;
const memory = { keepMs: KEEP_MS, now: () => 0 };
const branch = (index: number) => ({ index, outcome: "empty" }) as const;

Deno.test({
  name: "[J1] a server that is not there is away for a while, and found when it is",
  ignore: postgres.hasNoServer,
  fn: async () => {
    await using server = await postgres.createServer();
    await server.start();
    await using state = createJoinState(
      openPostgresJoins(`${server.url}/postgres`, undefined),
      memory,
    );
    await state.arrive(group, branch(0), rule);
    await server.stop();
    await assert.rejects(
      () => state.arrive(group, branch(1), rule),
      (error) => state.isAway(error),
    );
    await server.start();
    // A server that failed is left alone for a moment.
    let answer;
    while (answer === undefined) {
      try {
        answer = await state.arrive(group, branch(1), rule);
      } catch (error) {
        assert.ok(state.isAway(error));
      }
    }
    assert.equal(answer.kind, "merge");
  },
});

Deno.test({
  name: "tables of a newer version are left alone",
  ignore: postgres.isMissing,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using state = createJoinState(openPostgresJoins(database.url, undefined), memory);
    await state.arrive(group, branch(0), rule);
    await askOnce(
      database.url,
      (sql) => sql`INSERT INTO asya.join_migrations (version, name) VALUES (99, 'later')`,
    );
    await using other = createJoinState(openPostgresJoins(database.url, undefined), memory);
    await assert.rejects(() => other.arrive(group, branch(1), rule), /have version 99/);
  },
});
