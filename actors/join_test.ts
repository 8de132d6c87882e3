import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Json, JsonObject } from "@asya/protocol";
import { answerContent, type HandlerContext } from "@asya/runtime";
import { Join } from "./join.ts";

const ctx: HandlerContext = {
  signal: new AbortController().signal,
  progress() {},
  log: { debug() {}, info() {}, warn() {}, error() {} },
  jobId: "j1",
  attempt: 1,
};

const message = (payload: JsonObject, asya: Record<string, Json>) => ({
  job_id: "j1",
  route: { steps: ["split", "gather"], current: 1, metadata: { asya } },
  headers: {},
  payload,
});

async function withJoin(test: (join: Join) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  const join = new Join({ ASYA_JOIN_STATE_PATH: `${folder}/join.sqlite` });
  try {
    test(join);
  } finally {
    join.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[D13] a join takes branches in, then sends one message on", () =>
  withJoin((join) => {
    const first = join.handle(message({ page: 2 }, { branch: "/1:2:ab" }), ctx);
    assert.deepEqual(answerContent(first), { kind: "absorbed" });
    const second = join.handle(message({ page: 1 }, { branch: "/0:2:ab" }), ctx);
    assert.deepEqual(answerContent(second), {
      kind: "joined",
      message: { payload: { branches: [{ page: 1 }, { page: 2 }] } },
    });
  }));

Deno.test("[D13] a join fails when a branch failed, and says which and why", () =>
  withJoin((join) => {
    const branch = "/1:2:ab";
    const marker = message(
      { branch, outcome: "failed", error: "no text" },
      { branch, at: 1, marker: true },
    );
    assert.throws(() => join.handle(marker, ctx), { message: "branch 2 of 2 failed: no text" });
  }));

Deno.test("a branch that cannot be kept may come again", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/join.sqlite`;
  const join = new Join({ ASYA_JOIN_STATE_PATH: path });
  const other = new DatabaseSync(path);
  // Stands for a disk that is full.
  other.exec(
    "CREATE TRIGGER full BEFORE INSERT ON arrivals BEGIN SELECT RAISE(ABORT, 'full'); END",
  );
  try {
    assert.throws(
      () => join.handle(message({ page: 1 }, { branch: "/0:2:ab" }), ctx),
      { code: "retryable_error", message: /cannot be kept: full/ },
    );
    other.exec("DROP TRIGGER full");
    const later = join.handle(message({ page: 1 }, { branch: "/0:2:ab" }), ctx);
    assert.deepEqual(answerContent(later), { kind: "absorbed" });
  } finally {
    join.close();
    other.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a message that was never fanned out passes a join as its only branch", () =>
  withJoin((join) => {
    assert.deepEqual(join.handle(message({ page: 1 }, {}), ctx), { branches: [{ page: 1 }] });
  }));

Deno.test("a join without metadata or without a file says what it needs", () =>
  withJoin((join) => {
    assert.throws(() => join.handle({ payload: {} }, ctx), /ASYA_INCLUDE_METADATA/);
    assert.throws(() => new Join({}), /ASYA_JOIN_STATE_PATH/);
  }));
