import assert from "node:assert/strict";
import { createMetrics } from "./metrics.ts";

async function rendered(metrics: { render(): Promise<string> }): Promise<string[]> {
  return (await metrics.render()).split("\n");
}

Deno.test("a counter shows its known labels at 0 from the start", async () => {
  const metrics = await createMetrics({ namespace: "asya_actor" });
  const sent = metrics.counter({
    name: "sent_total",
    help: "what was sent",
    labels: { queue: ["a", "b"], kind: ["x"] },
  });
  sent.inc({ queue: "a", kind: "x" }, 2);
  const lines = await rendered(metrics);
  assert(lines.includes("# TYPE asya_actor_sent_total counter"));
  assert(lines.includes('asya_actor_sent_total{queue="a",kind="x"} 2'));
  assert(lines.includes('asya_actor_sent_total{queue="b",kind="x"} 0'));
});

Deno.test("a label without known values appears when it is used", async () => {
  const metrics = await createMetrics();
  const sent = metrics.counter({ name: "sent_total", help: "sent", labels: { to: [] } });
  assert(!(await rendered(metrics)).some((line) => line.startsWith("sent_total")));
  sent.inc({ to: 'a"b\\' });
  assert((await rendered(metrics)).includes('sent_total{to="a\\"b\\\\"} 1'));
});

Deno.test("a metric without labels is at 0 from the start", async () => {
  const metrics = await createMetrics();
  metrics.counter({ name: "c_total", help: "c", labels: {} });
  metrics.gauge({ name: "g", help: "g", labels: {} });
  metrics.histogram({ name: "h", help: "h", labels: {}, buckets: [1, 2] });
  const lines = await rendered(metrics);
  for (const line of ["c_total 0", "g 0", "h_count 0", 'h_bucket{le="+Inf"} 0']) {
    assert(lines.includes(line), line);
  }
});

Deno.test("a gauge is set, moved, or read when it is shown", async () => {
  const metrics = await createMetrics();
  const active = metrics.gauge({ name: "active", help: "active", labels: {} });
  let size = 1;
  metrics.gauge({ name: "size", help: "size", labels: {}, read: () => size });
  active.set({}, 5);
  active.add({}, -2);
  size = 7;
  const lines = await rendered(metrics);
  assert(lines.includes("active 3"));
  assert(lines.includes("size 7"));
});

Deno.test("a gauge shows nothing of what was removed, until it is set again", async () => {
  const metrics = await createMetrics();
  const depth = metrics.gauge({ name: "depth", help: "depth", labels: { queue: [] } });
  depth.set({ queue: "a" }, 1);
  depth.set({ queue: "b" }, 2);
  depth.remove({ queue: "a" });
  depth.remove({ queue: "none" });
  const shown = async () => (await rendered(metrics)).filter((line) => line.startsWith("depth{"));
  assert.deepEqual(await shown(), ['depth{queue="b"} 2']);
  depth.set({ queue: "a" }, 3);
  assert.deepEqual(await shown(), ['depth{queue="b"} 2', 'depth{queue="a"} 3']);
});

Deno.test("a histogram counts into its buckets", async () => {
  const metrics = await createMetrics();
  const size = metrics.histogram({
    name: "size_bytes",
    help: "sizes",
    labels: { direction: ["in"] },
    buckets: [100, 1000],
  });
  size.observe({ direction: "in" }, 500);
  const lines = await rendered(metrics);
  assert(lines.includes('size_bytes_bucket{le="100",direction="in"} 0'));
  assert(lines.includes('size_bytes_bucket{le="1000",direction="in"} 1'));
  assert(lines.includes('size_bytes_sum{direction="in"} 500'));
});

Deno.test("the process tells its memory and its start", async () => {
  const lines = await rendered(await createMetrics());
  const value = (name: string) =>
    Number(lines.find((line) => line.startsWith(`${name} `))?.split(" ")[1]);
  assert(value("process_resident_memory_bytes") > 1_000_000);
  assert(Math.abs(value("process_start_time_seconds") - performance.timeOrigin / 1_000) < 1);
});

Deno.test("two sets of metrics know nothing of each other", async () => {
  const options = { name: "c_total", help: "c", labels: {} };
  (await createMetrics()).counter(options).inc({});
  const other = await createMetrics();
  other.counter(options);
  assert((await rendered(other)).includes("c_total 0"));
});

Deno.test("a name that is taken is refused", async () => {
  const metrics = await createMetrics();
  metrics.counter({ name: "c_total", help: "c", labels: {} });
  assert.throws(
    () => metrics.gauge({ name: "c_total", help: "c", labels: {} }),
    /already been registered/,
  );
});

Deno.test("labels are checked by their types", async () => {
  const metrics = await createMetrics();
  const calls = metrics.counter({ name: "calls_total", help: "c", labels: { queue: [] } });
  // @ts-expect-error: the counter has no such label
  assert.throws(() => calls.inc({ queu: "a" }));
});

Deno.test("a metric of the conventions has no namespace", async () => {
  const metrics = await createMetrics({ namespace: "asya_actor" });
  const convention = { name: "gen_ai.client.token.usage", unit: "{token}" };
  const options = { help: "tokens", labels: {}, buckets: [1] };
  metrics.histogram({ ...options, name: "gen_ai_client_token_usage", convention })
    .observe({}, 3);
  assert((await rendered(metrics)).includes("gen_ai_client_token_usage_sum 3"));
});
