import { lines } from "../panels.ts";
import type { RowPlan } from "../plan.ts";

/** What replicas are made from, where KEDA is there. */
export const scaling: RowPlan = {
  title: "Scaling, as KEDA sees it",
  isClosed: true,
  panels: [
    lines("What KEDA reads, by actor", {
      description: "The number that replicas are made from; 0 lets an actor go to zero.",
      unit: "short",
      width: 12,
      noValue: "not known without KEDA",
      queries: {
        "{{scaledObject}}":
          'max by (scaledObject) (keda_scaler_metrics_value{cluster=~"$cluster"})',
      },
    }),
    lines("KEDA's failures, by actor", {
      description:
        "KEDA cannot read the queue: credentials, an address, or a queue that is not there.",
      unit: "ops",
      width: 12,
      noValue: "not known without KEDA",
      queries: {
        "{{scaledObject}}": "sum by (scaledObject) " +
          '(rate(keda_scaled_object_errors_total{cluster=~"$cluster"}[$__rate_interval]))',
      },
    }),
  ],
};
