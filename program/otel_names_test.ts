import assert from "node:assert/strict";
import type { Labels, MetricOptions } from "./metric.ts";
import { otelNames } from "./otel_names.ts";
import { isExported } from "./otel_providers.ts";

const metric = (name: string, more: Partial<MetricOptions<Labels>> = {}) => ({
  name,
  help: "",
  labels: {},
  ...more,
});

Deno.test("[K6] a name loses what OpenTelemetry says beside it", { permissions: "none" }, () => {
  const cases: [string, "counter" | "gauge" | "histogram", string, string, string][] = [
    ["asya_actor", "counter", "idle_seconds_total", "asya.actor.idle", "s"],
    ["asya_actor", "counter", "messages_sent_total", "asya.actor.messages_sent", ""],
    ["asya_actor", "gauge", "items_total", "asya.actor.items_total", ""],
    ["asya_actor", "histogram", "message_size_bytes", "asya.actor.message_size", "By"],
    ["asya_actor", "gauge", "cache_hit_ratio", "asya.actor.cache_hit", "1"],
    ["", "gauge", "seconds", "seconds", ""],
    ["", "counter", "reads_total", "reads", ""],
  ];
  for (const [namespace, type, name, expected, unit] of cases) {
    const names = otelNames(namespace, type, metric(name));
    assert.deepEqual(names, { name: expected, unit, attributes: {} }, name);
  }
});

Deno.test("[K6] what the conventions name has their name, unit and attributes", {
  permissions: "none",
}, () => {
  const convention = {
    name: "gen_ai.client.token.usage",
    unit: "{token}",
    attributes: { gen_ai_request_model: "gen_ai.request.model" },
  };
  const labels = { queue: [], gen_ai_request_model: [] };
  const options = metric("gen_ai_client_token_usage", { convention, labels });
  assert.deepEqual(otelNames("asya_actor", "histogram", options), {
    name: "gen_ai.client.token.usage",
    unit: "{token}",
    attributes: { queue: "queue", gen_ai_request_model: "gen_ai.request.model" },
  });
  const rate = metric("tokens_per_second", { unit: "{token}/s" });
  assert.equal(otelNames("asya_actor", "histogram", rate).unit, "{token}/s");
});

Deno.test("nothing is exported unless Deno is told to", { permissions: "none" }, () => {
  assert.deepEqual([isExported("metrics"), isExported("trace")], [false, false]);
});
