import { lines } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { busyShare, quantile, sumRate } from "../promql.ts";

/** Handlers that stream, how busy actors are, and measures that are not taken. */
export const streams: RowPlan = {
  title: "Streams and actors",
  panels: [
    lines("Until the first chunk of a stream, 95 of 100", {
      description: "Of every handler that streams, whether it names a model or not.",
      unit: "s",
      queries: {
        "{{queue}}": quantile(.95, "asya_actor_stream_time_to_first_chunk_seconds", {
          by: "queue",
        }),
      },
    }),
    lines("Busy, by actor", {
      description: "The share of their time in which replicas have work: near 1, add some.",
      unit: "percentunit",
      max: 1,
      queries: { "{{queue}}": busyShare({ by: "queue" }) },
    }),
    lines("Measures that were dropped", {
      description:
        "What handlers report and is not taken: undeclared names, wrong labels, too many.",
      unit: "ops",
      queries: { "{{why}}": sumRate("asya_actor_measures_dropped_total", { by: "why" }) },
    }),
  ],
};
