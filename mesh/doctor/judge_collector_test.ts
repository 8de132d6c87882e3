import assert from "node:assert/strict";
import { startOtlpReceiver } from "../../tests/kit/otlp.ts";
import { askCollector } from "./ask_collector.ts";
import { type Collector, collectorOf, judgeCollector } from "./judge_collector.ts";

const pure = { permissions: "none" } as const;

Deno.test("[Z5] a mesh's collector is where its variables say", pure, () => {
  const on = { OTEL_DENO: "true" };
  const cases: [Record<string, string>, string | undefined][] = [
    [{}, undefined],
    [on, "http://localhost:4318/v1/traces"],
    [{ ...on, OTEL_EXPORTER_OTLP_ENDPOINT: "http://a:1/" }, "http://a:1/v1/traces"],
    [{ ...on, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://a:1/x" }, "http://a:1/x"],
    [{ ...on, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, undefined],
    [{ ...on, OTEL_DENO_TRACING: "false" }, undefined],
  ];
  for (const [env, url] of cases) assert.equal(collectorOf(env)?.url, url);
  const { headers } = collectorOf({ ...on, OTEL_EXPORTER_OTLP_HEADERS: "key=a=b, team=ml" })!;
  assert.deepEqual(headers, { key: "a=b", team: "ml" });
  const encoded = { ...on, OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20x,rate=5%" };
  assert.deepEqual(collectorOf(encoded)?.headers, { authorization: "Bearer x", rate: "5%" });
});

Deno.test("[Z5] a collector that is not there, or takes nothing, is a warning", pure, () => {
  const url = "http://ada:secret@a:1/v1/traces?api_key=secret";
  const collector: Collector = { url, headers: {} };
  assert.equal(judgeCollector(collector, { status: 200 })[0]?.level, "ok");
  for (const answer of [{ status: 404 }, { reason: "refused" }]) {
    const [found] = judgeCollector(collector, answer);
    assert.equal(found?.level, "warning");
    assert.doesNotMatch(JSON.stringify(found), /secret/);
  }
});

Deno.test("[Z5] a collector is asked without giving it anything", async () => {
  await using receiver = startOtlpReceiver();
  const { signal } = new AbortController();
  const collector = { url: `${receiver.url}/v1/traces`, headers: {} };
  // This one takes JSON alone, and says so.
  assert.deepEqual(await askCollector(collector, signal), { status: 400 });
  assert.deepEqual(receiver.spans, []);
  await receiver[Symbol.asyncDispose]();
  assert("reason" in await askCollector(collector, signal));
});

Deno.test("[Z5] a secret that no request can be made of is not told", pure, async () => {
  const { signal } = new AbortController();
  const cases: readonly Collector[] = [
    { url: "http://ada:secret@[bad/v1/traces", headers: {} },
    { url: "secret", headers: {} },
    { url: "http://127.0.0.1:1/v1/traces", headers: { authorization: "secret\nx" } },
    { url: "http://127.0.0.1:1/v1/traces?secret", headers: { "no header": "secret" } },
  ];
  for (const collector of cases) {
    const answer = await askCollector(collector, signal);
    assert("reason" in answer, collector.url);
    assert.doesNotMatch(JSON.stringify(judgeCollector(collector, answer)), /secret/);
  }
});
