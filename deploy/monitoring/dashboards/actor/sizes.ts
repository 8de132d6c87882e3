import { lines, memoryPanel, quantiles } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { quantile, RECEIVED, sumRate } from "../promql.ts";
import { ACTOR } from "../variables.ts";
import { ownQuantile } from "./own.ts";

/** How large messages and processes of an actor are, and what it streams. */
export const sizes: RowPlan = {
  title: "Sizes and processes",
  panels: [
    lines("Size of messages, 95 of 100", {
      description: "Bodies that came and that went. Large things belong into a store.",
      unit: "bytes",
      width: 12,
      queries: { "{{direction}}": ownQuantile(.95, "asya_actor_message_size_bytes", "direction") },
    }),
    memoryPanel(RECEIVED, ACTOR),
    lines("Streamed", {
      description: "What the handler streams: chunks per second of all, and of one stream.",
      unit: "ops",
      width: 12,
      queries: {
        "chunks of all streams": sumRate("asya_actor_stream_chunks_total", { where: ACTOR }),
        "chunks of one stream, p50": quantile(.5, "asya_actor_stream_chunks_per_second", {
          where: ACTOR,
        }),
      },
    }),
    lines("Until the first chunk of a stream", {
      description: "From the call of the handler to the first thing that it yields.",
      unit: "s",
      width: 12,
      queries: quantiles("asya_actor_stream_time_to_first_chunk_seconds", { where: ACTOR }),
    }),
  ],
};
