import { lines, quantiles } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { aboveZero, quantile, sumRate } from "../promql.ts";
import { TOOL } from "../variables.ts";

/** What becomes of calls, and how long it takes. */
export const calls: RowPlan = {
  title: "Calls",
  panels: [
    lines("Calls, by tool", {
      description: "Jobs that were made, and calls answered with a job that their key had already.",
      unit: "ops",
      queries: {
        "{{tool}}": sumRate("asya_gateway_jobs_created_total", { by: "tool", where: TOOL }),
        "{{tool}}, repeated": aboveZero(
          sumRate("asya_gateway_calls_repeated_total", { by: "tool", where: TOOL }),
        ),
      },
    }),
    lines("Jobs that failed, by tool", {
      description: "By what ended them: a report of an actor, a deadline, a cancel, no queue.",
      unit: "ops",
      queries: {
        "{{tool}} by {{by}}": sumRate("asya_gateway_jobs_ended_total", {
          by: "tool, by",
          where: `${TOOL}, status="Failed"`,
        }),
        "no queue came": sumRate("asya_gateway_jobs_undeliverable_total"),
      },
    }),
    lines("Calls that made no job", {
      description: "By the reason: bad arguments, an unknown tool, a full gateway.",
      unit: "ops",
      queries: { "{{reason}}": sumRate("asya_gateway_calls_refused_total", { by: "reason" }) },
    }),
    lines("From a call to its end", {
      description: "Waiting in queues included.",
      unit: "s",
      queries: quantiles("asya_gateway_job_duration_seconds", { where: TOOL }),
    }),
    lines("From a call to its end, 95 of 100, by tool", {
      description: "Which tool is the slow one.",
      unit: "s",
      queries: {
        "{{tool}}": quantile(.95, "asya_gateway_job_duration_seconds", { by: "tool", where: TOOL }),
      },
    }),
    lines("Until the first step reports, 95 of 100", {
      description:
        "How long a call waits for its first actor: the outbox, the queue, a cold start.",
      unit: "s",
      queries: {
        "{{tool}}": quantile(.95, "asya_gateway_job_first_step_seconds", {
          by: "tool",
          where: TOOL,
        }),
      },
    }),
  ],
};
