import { quantiles } from "./panels.ts";
import type { DashboardPlan, RowPlan } from "./plan.ts";
import { quantile, ratio, sumIncrease, sumRate } from "./promql.ts";
import { UIDS } from "./uids.ts";
import { model, places } from "./variables.ts";

const DURATION = "gen_ai_client_operation_duration_seconds";
const TOKENS = "gen_ai_client_token_usage";
const FIRST_TOKEN = "gen_ai_server_time_to_first_token_seconds";
const PER_TOKEN = "gen_ai_server_time_per_output_token_seconds";

const BY_MODEL = "gen_ai_request_model";
const MODEL = 'gen_ai_request_model=~"$model"';
const FAILED = `${MODEL}, error_type!=""`;
const INPUT = `${MODEL}, gen_ai_token_type="input"`;
const OUTPUT = `${MODEL}, gen_ai_token_type="output"`;

/** Tokens in the time shown, at the prices that the reader has written. */
const COST = `(${sumIncrease(`${TOKENS}_sum`, { where: INPUT })} * $input_price + ${
  sumIncrease(`${TOKENS}_sum`, { where: OUTPUT })
} * $output_price) / 1e6`;

const glance: RowPlan = {
  title: "At a glance",
  panels: [
    {
      kind: "stat",
      title: "Generations per second",
      description: "Calls of models that ended, well or not.",
      unit: "ops",
      width: 4,
      queries: [{ expr: sumRate(`${DURATION}_count`, { where: MODEL }), legend: "generations" }],
    },
    {
      kind: "stat",
      title: "Generations that fail",
      description: "Their share of all.",
      unit: "percentunit",
      width: 4,
      thresholds: [[.01, "yellow"], [.05, "red"]],
      queries: [{
        expr: ratio(
          sumRate(`${DURATION}_count`, { where: FAILED }),
          sumRate(`${DURATION}_count`, { where: MODEL }),
        ),
        legend: "share",
      }],
    },
    {
      kind: "stat",
      title: "Until the first token, 95 of 100",
      description: "What somebody who watches waits before anything appears.",
      unit: "s",
      width: 4,
      thresholds: [[2, "yellow"], [10, "red"]],
      queries: [{ expr: quantile(.95, FIRST_TOKEN, { where: MODEL }), legend: "time" }],
    },
    {
      kind: "stat",
      title: "Tokens per second of one generation",
      description: "The median: output tokens by the whole time of a generation.",
      unit: "short",
      width: 4,
      queries: [{
        expr: quantile(.5, "asya_actor_tokens_per_second", { where: MODEL }),
        legend: "tokens",
      }],
    },
    {
      kind: "stat",
      title: "Tokens in the time shown",
      description: "What went into models, and what came out.",
      unit: "short",
      width: 4,
      queries: [{
        expr: sumIncrease(`${TOKENS}_sum`, { by: "gen_ai_token_type", where: MODEL }),
        legend: "{{gen_ai_token_type}}",
      }],
    },
    {
      kind: "stat",
      title: "Cost in the time shown",
      description:
        "At the prices above, which are the same for all models that are chosen: choose one. " +
        "An estimate; what a provider caches or rounds it does not know.",
      unit: "currencyUSD",
      width: 4,
      queries: [{ expr: COST, legend: "cost" }],
    },
  ],
};

const latency: RowPlan = {
  title: "Latency",
  panels: [
    {
      kind: "timeseries",
      title: "Until the first token",
      description: "Of generations that went well. Rises first where a provider is overloaded.",
      unit: "s",
      width: 8,
      queries: quantiles(FIRST_TOKEN, { where: MODEL }),
    },
    {
      kind: "timeseries",
      title: "A whole generation",
      description: "From its beginning to its end, failures included.",
      unit: "s",
      width: 8,
      queries: quantiles(DURATION, { where: MODEL }),
    },
    {
      kind: "timeseries",
      title: "From one token to the next",
      description: "Behind the first one: how smoothly a text grows.",
      unit: "s",
      width: 8,
      queries: quantiles(PER_TOKEN, { where: MODEL }),
    },
    {
      kind: "timeseries",
      title: "Until the first token, 95 of 100, by model",
      description: "Which model is the slow one.",
      unit: "s",
      width: 12,
      queries: [{
        expr: quantile(.95, FIRST_TOKEN, { by: BY_MODEL, where: MODEL }),
        legend: "{{gen_ai_request_model}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Tokens per second of one generation, by model",
      description: "The median. It falls where a model serves too many at a time.",
      unit: "short",
      width: 12,
      queries: [{
        expr: quantile(.5, "asya_actor_tokens_per_second", { by: BY_MODEL, where: MODEL }),
        legend: "{{gen_ai_request_model}}",
      }],
    },
  ],
};

const use: RowPlan = {
  title: "Use",
  panels: [
    {
      kind: "timeseries",
      title: "Tokens per second, by model and type",
      description: "All generations together. Limits of providers are often of these.",
      unit: "short",
      width: 8,
      isStacked: true,
      queries: [{
        expr: sumRate(`${TOKENS}_sum`, { by: `${BY_MODEL}, gen_ai_token_type`, where: MODEL }),
        legend: "{{gen_ai_request_model}} {{gen_ai_token_type}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Generations, by model and operation",
      description: "How often each model is asked, and for what.",
      unit: "ops",
      width: 8,
      isStacked: true,
      queries: [{
        expr: sumRate(`${DURATION}_count`, {
          by: `gen_ai_provider_name, ${BY_MODEL}, gen_ai_operation_name`,
          where: MODEL,
        }),
        legend: "{{gen_ai_provider_name}} {{gen_ai_request_model}} {{gen_ai_operation_name}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Failures, by model and error",
      description: "A provider's limit, a timeout, or what the handler names itself.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: sumRate(`${DURATION}_count`, { by: `${BY_MODEL}, error_type`, where: FAILED }),
        legend: "{{gen_ai_request_model}} {{error_type}}",
      }],
    },
    {
      kind: "table",
      title: "Tokens by actor and model, in the time shown",
      description: "Who uses what. Ask here when a bill surprises.",
      unit: "short",
      width: 12,
      queries: [{
        expr: sumIncrease(`${TOKENS}_sum`, {
          by: `queue, ${BY_MODEL}, gen_ai_token_type`,
          where: MODEL,
        }),
        legend: "{{queue}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Tokens of one generation, 95 of 100",
      description: "Prompts that grow: a conversation that is never cut.",
      unit: "short",
      width: 12,
      queries: [{
        expr: quantile(.95, TOKENS, { by: `${BY_MODEL}, gen_ai_token_type`, where: MODEL }),
        legend: "{{gen_ai_request_model}} {{gen_ai_token_type}}",
      }],
    },
  ],
};

const streams: RowPlan = {
  title: "Streams and actors",
  panels: [
    {
      kind: "timeseries",
      title: "Until the first chunk of a stream, 95 of 100",
      description: "Of every handler that streams, whether it names a model or not.",
      unit: "s",
      width: 8,
      queries: [{
        expr: quantile(.95, "asya_actor_stream_time_to_first_chunk_seconds", { by: "queue" }),
        legend: "{{queue}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Busy, by actor",
      description: "The share of their time in which replicas have work: near 1, add some.",
      unit: "percentunit",
      max: 1,
      width: 8,
      queries: [{
        expr: `${sumRate("asya_actor_busy_seconds_total", { by: "queue" })} / (${
          sumRate("asya_actor_busy_seconds_total", { by: "queue" })
        } + ${sumRate("asya_actor_idle_seconds_total", { by: "queue" })})`,
        legend: "{{queue}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Measures that were dropped",
      description:
        "What handlers report and is not taken: undeclared names, wrong labels, too many.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: sumRate("asya_actor_measures_dropped_total", { by: "why" }),
        legend: "{{why}}",
      }],
    },
  ],
};

/** What models do, and what they cost. */
export const ai: DashboardPlan = {
  uid: UIDS.ai,
  title: "Asya / AI",
  description: "What models do for the mesh: how fast, how much, how often not, and at what price.",
  variables: [
    ...places,
    model,
    {
      name: "input_price",
      label: "Price of input",
      description: "of a million tokens, for the estimate of the cost",
      initial: "0",
    },
    {
      name: "output_price",
      label: "Price of output",
      description: "of a million tokens, for the estimate of the cost",
      initial: "0",
    },
  ],
  rows: [glance, latency, use, streams],
};
