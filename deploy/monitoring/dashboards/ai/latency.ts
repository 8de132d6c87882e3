import { lines, quantiles } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { quantile } from "../promql.ts";
import { MODEL } from "../variables.ts";
import { BY_MODEL, DURATION, FIRST_TOKEN, PER_TOKEN } from "./metrics.ts";

/** How fast models answer. */
export const latency: RowPlan = {
  title: "Latency",
  panels: [
    lines("Until the first token", {
      description: "Of generations that went well. Rises first where a provider is overloaded.",
      unit: "s",
      queries: quantiles(FIRST_TOKEN, { where: MODEL }),
    }),
    lines("A whole generation", {
      description: "From its beginning to its end, failures included.",
      unit: "s",
      queries: quantiles(DURATION, { where: MODEL }),
    }),
    lines("From one token to the next", {
      description: "Behind the first one: how smoothly a text grows.",
      unit: "s",
      queries: quantiles(PER_TOKEN, { where: MODEL }),
    }),
    lines("Until the first token, 95 of 100, by model", {
      description: "Which model is the slow one.",
      unit: "s",
      width: 12,
      queries: {
        "{{gen_ai_request_model}}": quantile(.95, FIRST_TOKEN, { by: BY_MODEL, where: MODEL }),
      },
    }),
    lines("Tokens per second of one generation, by model", {
      description: "The median. It falls where a model serves too many at a time.",
      unit: "short",
      width: 12,
      queries: {
        "{{gen_ai_request_model}}": quantile(.5, "asya_actor_tokens_per_second", {
          by: BY_MODEL,
          where: MODEL,
        }),
      },
    }),
  ],
};
