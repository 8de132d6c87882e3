import type { Convention, Histogram, Metrics } from "@asya/program";

type Names = readonly string[];

/** A use of a model, as the semantic conventions for generative AI tell one from another. */
type ModelLabels = {
  queue: Names;
  gen_ai_operation_name: Names;
  gen_ai_provider_name: Names;
  gen_ai_request_model: Names;
};

/** What is measured of the models that handlers use. */
export interface ModelMetrics {
  readonly tokens: Histogram<ModelLabels & { gen_ai_token_type: Names }>;
  readonly durationSeconds: Histogram<ModelLabels & { error_type: Names }>;
  readonly firstTokenSeconds: Histogram<ModelLabels>;
  readonly perTokenSeconds: Histogram<ModelLabels>;
  readonly tokensPerSecond: Histogram<ModelLabels>;
}

/** Upper bounds that the conventions advise; for the rate, decades in three parts. */
const TOKEN_BUCKETS = Array.from({ length: 14 }, (_, power) => 4 ** power);
const DURATION_BUCKETS = Array.from({ length: 14 }, (_, power) => 2 ** power / 100);
const PER_TOKEN_BUCKETS = [.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5];

/** Upper bounds for the time to what comes first. */
export const FIRST_BUCKETS: readonly number[] = [
  .001,
  .005,
  .01,
  .02,
  .04,
  .06,
  .08,
  .1,
  .25,
  .5,
  .75,
  1,
  2.5,
  5,
  7.5,
  10,
];

/** As exact as hosts tell times; of what took less there is no rate. */
export const SHORTEST_MS = .001;

/** Upper bounds for how many come in a second. */
export const RATE_BUCKETS: readonly number[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  1_000,
  2_000,
  5_000,
];

/**
 * Registers what is measured of models.
 *
 * @param metrics where to register
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
 */
export function createModelMetrics(metrics: Metrics): ModelMetrics {
  const none: Names = [];
  const labels: ModelLabels = {
    queue: none,
    gen_ai_operation_name: none,
    gen_ai_provider_name: none,
    gen_ai_request_model: none,
  };
  const attributes = {
    gen_ai_operation_name: "gen_ai.operation.name",
    gen_ai_provider_name: "gen_ai.provider.name",
    gen_ai_request_model: "gen_ai.request.model",
  };
  const seconds = (name: string): Convention<ModelLabels> => ({ name, unit: "s", attributes });
  return {
    tokens: metrics.histogram({
      name: "gen_ai_client_token_usage",
      help: "tokens of one use of a model, of its prompt (input) and of its answer (output)",
      labels: { ...labels, gen_ai_token_type: none },
      buckets: TOKEN_BUCKETS,
      convention: {
        name: "gen_ai.client.token.usage",
        unit: "{token}",
        attributes: { ...attributes, gen_ai_token_type: "gen_ai.token.type" },
      },
    }),
    durationSeconds: metrics.histogram({
      name: "gen_ai_client_operation_duration_seconds",
      help: "time that one use of a model took; error_type says what it failed by",
      labels: { ...labels, error_type: none },
      buckets: DURATION_BUCKETS,
      convention: {
        name: "gen_ai.client.operation.duration",
        unit: "s",
        attributes: { ...attributes, error_type: "error.type" },
      },
    }),
    firstTokenSeconds: metrics.histogram({
      name: "gen_ai_server_time_to_first_token_seconds",
      help: "time to the first token of a use of a model that went well",
      labels,
      buckets: FIRST_BUCKETS,
      convention: seconds("gen_ai.server.time_to_first_token"),
    }),
    perTokenSeconds: metrics.histogram({
      name: "gen_ai_server_time_per_output_token_seconds",
      help: "time for each token of an answer after the first, where that went well",
      labels,
      buckets: PER_TOKEN_BUCKETS,
      convention: seconds("gen_ai.server.time_per_output_token"),
    }),
    tokensPerSecond: metrics.histogram({
      name: "tokens_per_second",
      help: "tokens of an answer, by the whole time of the use of the model",
      labels,
      buckets: RATE_BUCKETS,
      unit: "{token}/s",
    }),
  };
}
