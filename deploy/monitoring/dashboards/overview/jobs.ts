import { lines, quantiles } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { select, sumRate } from "../promql.ts";

/** The jobs of all gateways. */
export const jobs: RowPlan = {
  title: "Jobs",
  panels: [
    lines("Jobs made and ended", {
      description: "More made than ended for long: actors do not keep up, or a step is away.",
      unit: "ops",
      queries: {
        made: sumRate("asya_gateway_jobs_created_total"),
        "{{status}}": sumRate("asya_gateway_jobs_ended_total", { by: "status" }),
      },
    }),
    lines("From a call to its end", {
      description: "How long jobs take, waiting in queues included.",
      unit: "s",
      queries: quantiles("asya_gateway_job_duration_seconds"),
    }),
    lines("Jobs in the store", {
      description: "Counted up to 50000 of each status, by one gateway of several.",
      unit: "short",
      queries: {
        "{{status}} {{namespace}}": `max by (namespace, status) (${select("asya_gateway_jobs")})`,
      },
    }),
  ],
};
