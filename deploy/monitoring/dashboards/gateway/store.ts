import { lines } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { aboveZero, quantile, sum, sumRate } from "../promql.ts";

/** Where jobs are kept. */
export const store: RowPlan = {
  title: "The store",
  panels: [
    lines("The store's answers, 95 of 100", {
      description: "How long it took, by what it was asked.",
      unit: "s",
      queries: {
        "{{operation}}": quantile(.95, "asya_gateway_store_duration_seconds", { by: "operation" }),
      },
    }),
    lines("What the store was asked", {
      description: "And what it could not do.",
      unit: "ops",
      queries: {
        "{{operation}}": sumRate("asya_gateway_store_duration_seconds_count", { by: "operation" }),
        "{{operation}} failed": aboveZero(
          sumRate("asya_gateway_store_operation_failures_total", { by: "operation" }),
        ),
        "failed outside of requests": sumRate("asya_gateway_store_failures_total"),
      },
    }),
    lines("The connection to the database", {
      description: "0 while it is away, and where jobs are kept in no database.",
      unit: "short",
      queries: {
        "gateways with a database": sum("asya_gateway_store_connected"),
        "gateways that look after old jobs": sum("asya_gateway_store_leading"),
        "{{event}} per second": aboveZero(
          sumRate("asya_gateway_store_events_total", { by: "event" }),
        ),
        "old jobs deleted per second": sumRate("asya_gateway_jobs_deleted_total"),
      },
    }),
  ],
};
