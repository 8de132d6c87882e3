import assert from "node:assert/strict";
import { collectorOf, showCollector } from "./collector.ts";

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
  assert.equal(collectorOf(on)?.contentType, "application/x-protobuf");
  const json = { ...on, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" };
  assert.equal(collectorOf(json)?.contentType, "application/json");
});

Deno.test("[Z5] a collector is shown without what lets a mesh in", pure, () => {
  const url = "http://ada:secret@a:1/v1/traces?api_key=secret";
  assert.equal(showCollector({ url }), "http://a:1/v1/traces");
  assert.doesNotMatch(showCollector({ url: "secret" }), /secret/);
});
