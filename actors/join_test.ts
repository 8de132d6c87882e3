import assert from "node:assert/strict";
import { type Environment, formatTraceparent } from "@asya/program";
import type { Json, JsonObject } from "@asya/protocol";
import { type Answer, answerContent, type HandlerContext } from "@asya/runtime";
import { noMetrics } from "@asya/runtime/testing";
import { RecordedTracing } from "../tests/kit/recorded_tracing.ts";
import { Join } from "./join.ts";

type Line = { message: string; fields: Readonly<Record<string, unknown>> | undefined };

function context(lines: Line[] = []): HandlerContext {
  const write = (message: string, fields?: Line["fields"]) => void lines.push({ message, fields });
  return {
    signal: new AbortController().signal,
    progress() {},
    log: { debug: write, info: write, warn: write, error: write },
    jobId: "j1",
    attempt: 1,
    metrics: noMetrics,
  };
}

const ctx = context();

const message = (payload: JsonObject, asya: Record<string, Json>) => ({
  job_id: "j1",
  route: { steps: ["split", "gather"], current: 1, metadata: { asya: { joins: [1], ...asya } } },
  headers: {},
  payload,
});

const branch = (index: number, asya: Record<string, Json> = {}) =>
  message({ page: index }, { branch: `/${index}:3:ab`, ...asya });

const marker = (index: number, outcome: string, asya: Record<string, Json> = {}) => {
  const lineage = `/${index}:3:ab`;
  const payload = { branch: lineage, outcome, ...(outcome === "failed" && { error: "no text" }) };
  return message(payload, { branch: lineage, at: 1, marker: true, ...asya });
};

/** What a call answered: `absorbed` with what goes with it, or the merged payload. */
const said = (answer: Answer | JsonObject) => {
  const content = answerContent(answer);
  return content?.kind === "joined" ? content.message.payload : content ?? answer;
};

async function withJoin(
  env: Environment,
  test: (join: Join, path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/join.sqlite`;
  const join = new Join({ ASYA_DATABASE_URL: `sqlite:${path}`, ...env });
  try {
    await test(join, path);
  } finally {
    await join.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[D13] a join takes branches in, then sends one message on", () =>
  withJoin({}, async (join) => {
    assert.deepEqual(said(await join.handle(branch(1), ctx)), { kind: "absorbed" });
    assert.deepEqual(said(await join.handle(marker(2, "empty"), ctx)), { kind: "absorbed" });
    const merged = await join.handle(branch(0), ctx);
    assert.equal(answerContent(merged)?.kind, "joined");
    assert.deepEqual(said(merged), { branches: [{ page: 0 }, { page: 1 }, null] });
  }));

Deno.test("[N3] a merge is linked to the branches that came before it", async () => {
  const tracing = new RecordedTracing();
  const folder = await Deno.makeTempDir();
  const join = new Join({ ASYA_DATABASE_URL: `sqlite:${folder}/join.sqlite` }, tracing);
  const calls = [];
  for (const index of [1, 2, 0]) {
    const span = tracing.start(`call ${index}`);
    calls.push(span.context);
    const traceparent = formatTraceparent(
      index === 2 ? { ...span.context, flags: 0 } : span.context,
    );
    await span.run(() => join.handle(branch(index), { ...ctx, traceparent }));
  }
  // The trace of the second was not recorded.
  assert.deepEqual(tracing.span("call 0").links, [calls[0]]);
  assert.deepEqual(tracing.span("call 1").links, []);
  await join.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("[D13] a join fails when a branch failed, and says which and why", () =>
  withJoin({}, async (join) => {
    await assert.rejects(() => join.handle(marker(1, "failed"), ctx), {
      message: "branch 2 of 3 failed: no text",
    });
  }));

Deno.test("[J1] a quorum goes on, and the message says who is not in it", () =>
  withJoin(
    { ASYA_JOIN_QUORUM: "1", ASYA_JOIN_WAIT: "all", ASYA_JOIN_TIMEOUT: "1h" },
    async (join) => {
      const first = answerContent(await join.handle(branch(1), ctx));
      assert.ok(
        first?.kind === "absorbed" && first.wakeMs! > 3_500_000 && first.wakeMs! <= 3_600_000,
      );
      assert.deepEqual(said(await join.handle(marker(2, "failed"), ctx)), { kind: "absorbed" });
      assert.deepEqual(said(await join.handle(marker(0, "empty"), ctx)), {
        branches: [null, { page: 1 }, null],
        missing: [],
        failed: [{ index: 2, error: "no text" }],
      });
    },
  ));

Deno.test("[J1] what the route says counts more than the settings", () =>
  withJoin({ ASYA_JOIN_QUORUM: "3", ASYA_JOIN_TIMEOUT: "1h" }, async (join) => {
    const join2 = { join: { gather: { quorum: 2, timeout: 60 }, split: { quorum: 1 } } };
    const first = answerContent(await join.handle(branch(1, join2), ctx));
    assert.ok(first?.kind === "absorbed" && first.wakeMs! <= 60_000);
    assert.deepEqual(said(await join.handle(branch(2, join2), ctx)), {
      branches: [null, { page: 1 }, { page: 2 }],
      missing: [0],
      failed: [],
    });
  }));

Deno.test("[J3] a late branch is dropped and said to be late, or fails for the dead letters", () =>
  withJoin({ ASYA_JOIN_QUORUM: "1" }, async (join) => {
    const lines: Line[] = [];
    await join.handle(branch(0), ctx);
    const late = { kind: "absorbed", late: true };
    assert.deepEqual(said(await join.handle(branch(1), context(lines))), late);
    assert.equal(lines[0]?.message, "a branch came when its join had gone on");
    const kept = { join: { gather: { late: "dead-letter" } } };
    await assert.rejects(() => join.handle(branch(1, kept), ctx), {
      name: "LateBranch",
      message: "branch 2 of 3 came when the join had gone on",
    });
    const ofMarker = await join.handle(marker(2, "failed", kept), ctx);
    assert.deepEqual(said(ofMarker), late, "what a marker tells of is a dead letter already");
  }));

Deno.test("a branch that cannot be kept may come again", () =>
  withJoin({}, async (join, path) => {
    await join.init();
    const { DatabaseSync } = await import("node:sqlite");
    using other = new DatabaseSync(path);
    const refuse = (event: string) =>
      other.exec(
        `CREATE TRIGGER no BEFORE ${event} ON join_branches BEGIN SELECT RAISE(ABORT, 'no'); END`,
      );
    refuse("INSERT");
    await assert.rejects(() => join.handle(branch(0), ctx), {
      code: "retryable_error",
      message: /cannot be kept: no/,
    });
    other.exec("DROP TRIGGER no");
    assert.deepEqual(said(await join.handle(branch(0), ctx)), { kind: "absorbed" });
  }));

Deno.test("[J1] while the database is away branches wait in the queue, and it is said once", async () => {
  using nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = nobody.addr;
  nobody.close();
  const url = `postgres://me:secret-word@127.0.0.1:${port}/jobs`;
  const join = new Join({ ASYA_DATABASE_URL: url });
  const lines: Line[] = [];
  try {
    for (const index of [0, 1]) {
      const answer = await join.handle(branch(index), context(lines));
      assert.deepEqual(said(answer), { kind: "absorbed", wakeMs: 5_000 });
    }
    assert.deepEqual(lines.map(({ message }) => message), [
      "the join's database is away; branches wait",
    ]);
    assert.doesNotMatch(JSON.stringify(lines), /secret-word/);
  } finally {
    await join.close();
  }
});

Deno.test("a message that was never fanned out passes a join as its only branch", async () => {
  const single = message({ page: 1 }, {});
  await withJoin({}, async (join) => {
    assert.deepEqual(await join.handle(single, ctx), { branches: [{ page: 1 }] });
  });
  await withJoin({ ASYA_JOIN_QUORUM: "2" }, async (join) => {
    const passed = { branches: [{ page: 1 }], missing: [], failed: [] };
    assert.deepEqual(await join.handle(single, ctx), passed);
  });
});

Deno.test("a join without metadata or without a database says what it needs", () =>
  withJoin({}, async (join, path) => {
    await assert.rejects(() => join.handle({ payload: {} }, ctx), /ASYA_INCLUDE_METADATA/);
    await assert.rejects(() => new Join({}).init(), /ASYA_DATABASE_URL is not set/);
    const older = { ASYA_JOIN_STATE_PATH: path };
    assert.throws(
      () => new Join({ ...older, ASYA_DATABASE_URL: `sqlite:${path}` }),
      /ASYA_JOIN_STATE_PATH are set; allowed: one/,
    );
    const before = new Join(older);
    assert.deepEqual(said(await before.handle(branch(0), ctx)), { kind: "absorbed" });
    await before.close();
  }));
