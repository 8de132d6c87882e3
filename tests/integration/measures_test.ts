/**
 * What a handler measures, as Prometheus and a collector of OpenTelemetry see it.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  freePort,
  makeTempFolder,
  messageOf,
  type OtlpReceiver,
  parseMetrics,
  poll,
  Queues,
  type SeenMetric,
  startOtlpReceiver,
  startProgram,
  startRuntime,
} from "../kit/mod.ts";

const DECLARED = [
  { name: "words_total", type: "counter", labels: ["kind"] },
  { name: "level", type: "gauge" },
  { name: "score", type: "histogram", buckets: [10, 100, 1_000] },
];

/** Reports of one call: more than a host sends on. */
const REPORTS = 50_000;

/** What a host keeps of the values of a histogram that are observed at once. */
const KEPT = 1_024;

/** Series whose numbers go on after they were read: with time, and with the last message. */
const RUNNING = /_(idle|busy)_|^process_|^asya_actor_(messages?|processing|queue)_/;

/** Values by the series as Prometheus writes them, with labels in order. */
type Values = ReadonlyMap<string, number>;

Deno.test("[K1] [K2] [K6] measures are the same for Prometheus and OpenTelemetry", async (t) => {
  await using otlp = startOtlpReceiver();
  await using folder = await makeTempFolder();
  const socketPath = folder.at("app.sock");
  const allQueues = ["step", "next", "happy-end", "error-end"];
  await using queues = await Queues.open(folder.at("queues.db"), allQueues);
  await using _runtime = await startRuntime({
    handler: "tests/integration/handlers/measured.ts#speak",
    socketPath,
  });
  const address = `127.0.0.1:${freePort()}`;
  await using sidecar = await startProgram("sidecar", {
    env: {
      ...otlp.env,
      // Exports at its end alone: Deno 2.9 may hang where a process ends during an export.
      OTEL_METRIC_EXPORT_INTERVAL: "60000",
      OTEL_SERVICE_NAME: "asya-sidecar",
      ASYA_QUEUE_NAME: "step",
      ASYA_SOCKET_PATH: socketPath,
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ASYA_METRICS_ADDR: address,
      ASYA_CUSTOM_METRICS: JSON.stringify(DECLARED),
    },
  });
  await queues.publish("step", messageOf({ words: ["to", "be", "or"], reports: REPORTS }));
  await queues.publish("step", messageOf({ words: ["no"], fails: true }));
  await queues.publish("step", messageOf({}));
  await queues.take("next", 2);
  await queues.take("error-end", 1);
  const values = await poll("the last message to be settled", async () => {
    const values = readValues(await (await fetch(`http://${address}/metrics`)).text());
    const settled = 'asya_actor_processing_duration_seconds_count{queue="step"}';
    return values.get("asya_actor_active_messages") === 0 && values.get(settled) === 3 && values;
  });

  const model = 'gen_ai_operation_name="chat",gen_ai_provider_name="acme",' +
    'gen_ai_request_model="echo-1"';
  const expected: Record<string, number> = {
    [`gen_ai_client_token_usage_sum{${model},gen_ai_token_type="input",queue="step"}`]: 10,
    [`gen_ai_client_token_usage_sum{${model},gen_ai_token_type="output",queue="step"}`]: 3,
    [`gen_ai_client_operation_duration_seconds_count{${model},queue="step"}`]: 2,
    [`gen_ai_client_operation_duration_seconds_count{error_type="RangeError",${model},queue="step"}`]:
      1,
    [`gen_ai_server_time_to_first_token_seconds_count{${model},queue="step"}`]: 1,
    [`gen_ai_server_time_per_output_token_seconds_count{${model},queue="step"}`]: 1,
    'asya_actor_stream_chunks_total{queue="step"}': 4,
    'asya_actor_stream_time_to_first_chunk_seconds_count{queue="step"}': 2,
    'asya_actor_words_total{kind="plain"}': 2 * REPORTS,
    "asya_actor_level": REPORTS - 1,
    "asya_actor_score_count": KEPT,
    'asya_actor_measures_dropped_total{why="too_many"}': REPORTS - KEPT,
    'asya_actor_measures_dropped_total{why="undeclared"}': 1,
  };
  for (const [series, value] of Object.entries(expected)) {
    await t.step(`Prometheus: ${series} is ${value}`, () => {
      assert.equal(values.get(series), value);
    });
  }
  await t.step("[K4] a metric that is not declared is named in the log", () => {
    assert.match(sidecar.output, /is not declared.*"name":"wordz_total".*"words_total"/);
  });
  // What is counted now is shown to nobody before the sidecar ends.
  await queues.publish("step", "no message");
  await queues.take("error-end", 1);
  await sidecar.stop();
  await t.step("OpenTelemetry: the same series with the same values, after a collector", () => {
    const shown = (values: Values) =>
      [...values].filter(([series, value]) => value !== 0 && !RUNNING.test(series)).sort();
    assert.deepEqual(shown(translate(otlp)), shown(values));
  });
  await t.step("OpenTelemetry: what is counted last is sent when the sidecar ends", () => {
    const failed = otlp.metric("asya.actor.messages_failed")?.points ?? [];
    const [last] = failed.filter(({ attributes }) => attributes.reason === "parse_error");
    assert.equal(last?.value, 1);
  });
  await t.step("OpenTelemetry: by the conventions' names and units", () => {
    const names = new Map(latest(otlp).map(({ name, unit }) => [name, unit]));
    assert.equal(names.get("gen_ai.client.token.usage"), "{token}");
    assert.equal(names.get("gen_ai.client.operation.duration"), "s");
    assert.equal(names.get("gen_ai.server.time_to_first_token"), "s");
    assert.equal(names.get("process.memory.usage"), "By");
    const usage = latest(otlp).find(({ name }) => name === "gen_ai.client.token.usage");
    const attributes = usage?.points.map(({ attributes }) => attributes) ?? [];
    const typeOf = (of: (typeof attributes)[number]) => String(of["gen_ai.token.type"]);
    const common = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "acme",
      "gen_ai.request.model": "echo-1",
      queue: "step",
    };
    assert.deepEqual(attributes.toSorted((a, b) => typeOf(a).localeCompare(typeOf(b))), [
      { ...common, "gen_ai.token.type": "input" },
      { ...common, "gen_ai.token.type": "output" },
    ]);
  });
});

/** The last that was seen of each metric of the sidecar's own. */
function latest(otlp: OtlpReceiver): SeenMetric[] {
  const own = otlp.metrics.filter(({ scope }) => scope === "asya.actor");
  return [...new Map(own.map((metric) => [metric.name, metric])).values()];
}

/** Values as a collector would show them to Prometheus, by the rules of OpenTelemetry. */
function translate(otlp: OtlpReceiver): Values {
  const values = new Map<string, number>();
  const units: Record<string, string> = { s: "_seconds", By: "_bytes" };
  for (const metric of latest(otlp)) {
    const name = metric.name.replaceAll(".", "_") + (units[metric.unit] ?? "") +
      (metric.kind === "sum" ? "_total" : "");
    for (
      const { attributes, value, count = 0, sum = 0, bounds = [], bucketCounts = [] } of metric
        .points
    ) {
      const labels = Object.entries(attributes).map(([key, text]) =>
        [key.replaceAll(".", "_"), String(text)] as const
      );
      if (metric.kind !== "histogram") {
        values.set(seriesOf(name, labels), value ?? NaN);
        continue;
      }
      let below = 0;
      for (const [index, bound] of [...bounds.map(String), "+Inf"].entries()) {
        below += bucketCounts[index] ?? NaN;
        values.set(seriesOf(`${name}_bucket`, [...labels, ["le", bound]]), below);
      }
      values.set(seriesOf(`${name}_count`, labels), count);
      values.set(seriesOf(`${name}_sum`, labels), sum);
    }
  }
  return values;
}

/** Values as `/metrics` has them. */
function readValues(text: string): Values {
  return new Map(
    parseMetrics(text).map(({ name, labels, value }) =>
      [seriesOf(name, Object.entries(labels)), value] as const
    ),
  );
}

/** A series in one way: labels in order, and none that is empty, which means the same. */
function seriesOf(name: string, labels: readonly (readonly [string, string])[]): string {
  const shown = labels.filter(([, text]) => text !== "").map(([key, text]) => `${key}="${text}"`);
  return shown.length === 0 ? name : `${name}{${shown.sort().join(",")}}`;
}
