import { lines, table } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { quantile, sumIncrease, sumRate } from "../promql.ts";
import { MODEL } from "../variables.ts";
import { BY_MODEL, DURATION, FAILED, TOKENS } from "./metrics.ts";

/** Who uses which model, how much, and how often it fails. */
export const use: RowPlan = {
  title: "Use",
  panels: [
    lines("Tokens per second, by model and type", {
      description: "All generations together. Limits of providers are often of these.",
      unit: "short",
      isStacked: true,
      queries: {
        "{{gen_ai_request_model}} {{gen_ai_token_type}}": sumRate(`${TOKENS}_sum`, {
          by: `${BY_MODEL}, gen_ai_token_type`,
          where: MODEL,
        }),
      },
    }),
    lines("Generations, by model and operation", {
      description: "How often each model is asked, and for what.",
      unit: "ops",
      isStacked: true,
      queries: {
        "{{gen_ai_provider_name}} {{gen_ai_request_model}} {{gen_ai_operation_name}}": sumRate(
          `${DURATION}_count`,
          { by: `gen_ai_provider_name, ${BY_MODEL}, gen_ai_operation_name`, where: MODEL },
        ),
      },
    }),
    lines("Failures, by model and error", {
      description: "A provider's limit, a timeout, or what the handler names itself.",
      unit: "ops",
      queries: {
        "{{gen_ai_request_model}} {{error_type}}": sumRate(`${DURATION}_count`, {
          by: `${BY_MODEL}, error_type`,
          where: FAILED,
        }),
      },
    }),
    table("Tokens by actor and model, in the time shown", {
      description: "Who uses what. Ask here when a bill surprises.",
      unit: "short",
      queries: {
        "{{queue}}": sumIncrease(`${TOKENS}_sum`, {
          by: `queue, ${BY_MODEL}, gen_ai_token_type`,
          where: MODEL,
        }),
      },
    }),
    lines("Tokens of one generation, 95 of 100", {
      description: "Prompts that grow: a conversation that is never cut.",
      unit: "short",
      width: 12,
      queries: {
        "{{gen_ai_request_model}} {{gen_ai_token_type}}": quantile(.95, TOKENS, {
          by: `${BY_MODEL}, gen_ai_token_type`,
          where: MODEL,
        }),
      },
    }),
  ],
};
