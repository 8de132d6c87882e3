import { createMetrics } from "@asya/program";
import assert from "node:assert/strict";
import { createCounter } from "./gateway_metrics.ts";
import { createTestGateway, type TestGateway, YAML_ENV } from "./testing/test_gateway.ts";

const TOOLS = "tools: [{ name: scan, route: [a], timeout: 60 }, { name: read, route: [a] }]";

/** What the metrics show of all that has happened at a gateway. */
async function render({ events, clock }: TestGateway): Promise<Map<string, number>> {
  const metrics = await createMetrics();
  const count = createCounter(metrics, clock);
  for (const event of events) count(event);
  const lines = (await metrics.render()).split("\n").filter((line) => /^\w/.test(line));
  return new Map(lines.map((line) => {
    const [name = "", value] = line.split(/ (?=\S+$)/);
    return [name, Number(value)];
  }));
}

/** Something that happens, and the metrics that it moves, by how much. */
const rows: [what: string, act: (bench: TestGateway) => Promise<unknown>, moved: object][] = [
  ["a call", (bench) => bench.call("scan"), {
    'jobs_created_total{tool="scan"}': 1,
    'request_duration_seconds_count{route="/tools/call",status="200"}': 1,
    'store_duration_seconds_count{operation="create"}': 1,
    messages_published_total: 1,
    publish_lag_seconds_count: 1,
    publish_duration_seconds_count: 1,
    'store_duration_seconds_count{operation="settle"}': 1,
  }],
  ["a repeated call", async (bench) => {
    const headers = { "idempotency-key": "k" };
    for (let turn = 0; turn < 3; turn++) await bench.post("/tools/call", { name: "scan" }, headers);
  }, {
    'calls_repeated_total{tool="scan"}': 2,
    'jobs_created_total{tool="scan"}': 1,
  }],
  ["a call of no tool", (bench) => bench.post("/tools/call", { name: "x" }), {
    'calls_refused_total{reason="unknown_tool"}': 1,
    'request_duration_seconds_count{route="/tools/call",status="404"}': 1,
  }],
  ["a job's first step and its end", async (bench) => {
    const id = await bench.call("scan");
    await bench.clock.pass(2_000);
    const step = { step: "a", step_index: 0, total_steps: 1, status: "received" };
    await bench.post(`/jobs/${id}/progress`, step);
    await bench.clock.pass(3_000);
    await bench.post(`/jobs/${id}/final`, { status: "succeeded" });
  }, {
    'reports_total{report="progress",outcome="applied"}': 1,
    'reports_total{report="final",outcome="applied"}': 1,
    'job_first_step_seconds_sum{tool="scan"}': 2,
    'job_duration_seconds_sum{tool="scan",status="Succeeded"}': 5,
    'jobs_ended_total{tool="scan",status="Succeeded",by="report"}': 1,
    'store_duration_seconds_count{operation="change"}': 2,
  }],
  ["jobs that wait, are found at the next count", async (bench) => {
    await bench.call("scan");
    await bench.call("read");
    await bench.clock.pass(20_000);
  }, { 'jobs{status="Pending"}': 2, outbox_messages: 0, event_loop_lag_seconds_count: 40 }],
  ["a deadline", async (bench) => {
    await bench.call("scan");
    await bench.clock.pass(90_000);
  }, {
    'jobs_ended_total{tool="scan",status="Failed",by="deadline"}': 1,
    'jobs{status="Failed"}': 1,
  }],
  ["a cancelled job", async (bench) => bench.post(`/jobs/${await bench.call("scan")}/cancel`), {
    'jobs_ended_total{tool="scan",status="Failed",by="cancel"}': 1,
  }],
  ["a stream", async (bench) => {
    const id = await bench.call("scan");
    const stream = await bench.get(`/jobs/${id}/stream`);
    await bench.post(`/jobs/${id}/cancel`);
    await stream.text();
    await bench.get(`/jobs/${id}/stream`);
  }, { streams_opened_total: 2, streams_open: 1 }],
  ["paths that nobody made", async (bench) => {
    for (let index = 0; index < 9; index++) await bench.get(`/${index}/x`);
  }, { 'request_duration_seconds_count{route="/*",status="404"}': 9 }],
  ["other tools", (bench) => {
    bench.gateway.replaceTools({ ok: true, tools: [] });
    return Promise.resolve();
  }, { tools: 0, config_last_reload_successful: 1, tools_refused_total: 0 }],
  ["bad tools", (bench) => {
    bench.gateway.replaceTools({ ok: false, problems: ["t:1:1: bad"] });
    return Promise.resolve();
  }, { tools: 2, config_last_reload_successful: 0, tools_refused_total: 1 }],
];

for (const [what, act, moved] of rows) {
  Deno.test({
    name: `[C6] metrics move for their reason: ${what}`,
    permissions: { env: YAML_ENV },
    fn: async () => {
      const bench = createTestGateway({ tools: TOOLS });
      await bench.gateway.start();
      await act(bench);
      await bench.clock.pass(0);
      const seen = await render(bench);
      await bench.gateway.close();
      for (const [name, value] of Object.entries(moved)) {
        assert.equal(seen.get(name), value, `${name} of\n${[...seen.keys()].join("\n")}`);
      }
    },
  });
}

Deno.test({
  name: "[C6] metrics: messages that wait for their queue, and a store that fails",
  permissions: { env: YAML_ENV },
  fn: async () => {
    const bench = createTestGateway({ tools: TOOLS, outcome: () => "unroutable" });
    await bench.gateway.start();
    await bench.call("scan");
    bench.store.overdue = () => Promise.reject(new Error("away"));
    await bench.clock.pass(16_000);
    const seen = await render(bench);
    assert.equal(seen.get("outbox_messages"), 1);
    assert.equal(seen.get("outbox_oldest_seconds"), 16);
    assert((seen.get('store_operation_failures_total{operation="overdue"}') ?? 0) > 1);
    assert.equal(seen.get('publish_failures_total{reason="missing"}'), 1);
    await bench.gateway.close();
  },
});

Deno.test({
  name: "[C6] metrics: messages that wait in queues, dead letters among them, while that is known",
  permissions: { env: YAML_ENV },
  fn: async () => {
    const ready: Record<string, number> = { a: 3, "dead-letter-queue": 2, stranger: 9 };
    const bench = createTestGateway({
      tools: TOOLS,
      letters: {
        inspect: (queue) => {
          const count = ready[queue];
          return Promise.resolve(count === undefined ? undefined : { ready: count });
        },
        browse: async () => {
          // Whoever looks at letters holds them.
          const letters = ready["dead-letter-queue"] ?? 0;
          ready["dead-letter-queue"] = 0;
          await bench.clock.pass(5_000);
          ready["dead-letter-queue"] = letters;
          return undefined;
        },
      },
    });
    const shown = async () =>
      Object.fromEntries(
        [...await render(bench)].filter(([name]) => name.startsWith("queue_messages")),
      );
    await bench.gateway.start();
    assert.deepEqual(await shown(), {});
    await bench.clock.pass(5_000);
    const both = {
      'queue_messages{queue="dead-letter-queue"}': 2,
      'queue_messages{queue="a"}': 3,
    };
    assert.deepEqual(await shown(), both);
    bench.events.push({
      kind: "transport",
      event: { kind: "disconnected", reason: "away", retryInMs: 1 },
    });
    assert.deepEqual(await shown(), {});
    await bench.clock.pass(5_000);
    assert.deepEqual(await shown(), both);
    await bench.get("/dead-letters");
    assert.deepEqual(await shown(), both);
    delete ready["dead-letter-queue"];
    await bench.clock.pass(5_000);
    assert.deepEqual(await shown(), { 'queue_messages{queue="a"}': 3 });
    await bench.gateway.close();
  },
});
