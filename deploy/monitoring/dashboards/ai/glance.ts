import { FEW_FAIL, stat } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { quantile, ratio, sumIncrease, sumRate } from "../promql.ts";
import { MODEL } from "../variables.ts";
import { DURATION, FAILED, FIRST_TOKEN, TOKENS } from "./metrics.ts";

const INPUT = `${MODEL}, gen_ai_token_type="input"`;
const OUTPUT = `${MODEL}, gen_ai_token_type="output"`;

/** Tokens in the time shown, at the prices that the reader has written. */
const COST = `(${sumIncrease(`${TOKENS}_sum`, { where: INPUT })} * $input_price + ${
  sumIncrease(`${TOKENS}_sum`, { where: OUTPUT })
} * $output_price) / 1e6`;

/** Whether models are well, and what they cost, in six numbers. */
export const glance: RowPlan = {
  title: "At a glance",
  panels: [
    stat("Generations per second", {
      description: "Calls of models that ended, well or not.",
      unit: "ops",
      queries: { generations: sumRate(`${DURATION}_count`, { where: MODEL }) },
    }),
    stat("Generations that fail", {
      description: "Their share of all.",
      unit: "percentunit",
      thresholds: FEW_FAIL,
      queries: {
        share: ratio(
          sumRate(`${DURATION}_count`, { where: FAILED }),
          sumRate(`${DURATION}_count`, { where: MODEL }),
        ),
      },
    }),
    stat("Until the first token, 95 of 100", {
      description: "What somebody who watches waits before anything appears.",
      unit: "s",
      thresholds: [[2, "yellow"], [10, "red"]],
      queries: { time: quantile(.95, FIRST_TOKEN, { where: MODEL }) },
    }),
    stat("Tokens per second of one generation", {
      description: "The median: output tokens by the whole time of a generation.",
      unit: "short",
      queries: { tokens: quantile(.5, "asya_actor_tokens_per_second", { where: MODEL }) },
    }),
    stat("Tokens in the time shown", {
      description: "What went into models, and what came out.",
      unit: "short",
      queries: {
        "{{gen_ai_token_type}}": sumIncrease(`${TOKENS}_sum`, {
          by: "gen_ai_token_type",
          where: MODEL,
        }),
      },
    }),
    stat("Cost in the time shown", {
      description:
        "At the prices above, which are the same for all models that are chosen: choose one. " +
        "An estimate; what a provider caches or rounds it does not know.",
      unit: "currencyUSD",
      queries: { cost: COST },
    }),
  ],
};
