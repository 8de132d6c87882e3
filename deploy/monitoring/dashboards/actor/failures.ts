import { lines, RED_FROM_ONE, stat } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { aboveZero, select, sumIncrease, sumRate } from "../promql.ts";
import { ACTOR } from "../variables.ts";
import { own, ownRate } from "./own.ts";

/** Messages, calls and connections of an actor that fail, and what is dropped. */
export const failures: RowPlan = {
  title: "What goes wrong",
  panels: [
    lines("Messages that failed, by reason", {
      description: "`runtime_error`: the handler; `transport_error`: publishes that were repeated.",
      unit: "ops",
      queries: {
        "{{reason}}": sumRate("asya_actor_messages_failed_total", { by: "reason", where: ACTOR }),
      },
    }),
    lines("Calls that failed, by code", {
      description: "What the handler's calls ended with, retries included.",
      unit: "ops",
      queries: {
        "{{error_type}}": aboveZero(
          sumRate("asya_actor_runtime_errors_total", { by: "error_type", where: ACTOR }),
        ),
      },
    }),
    stat("Calls that the runtime died in", {
      description: "In the time shown. `oom_error`: more memory, or smaller pieces of work.",
      unit: "short",
      width: 8,
      thresholds: RED_FROM_ONE,
      queries: {
        "{{error_type}}": sumIncrease("asya_actor_runtime_errors_total", {
          by: "error_type",
          where: `${ACTOR}, error_type=~"oom_error|cuda_oom_error|connection_error"`,
        }),
      },
    }),
    lines("The connection to the broker", {
      description: "What happened to it; `hold_lost` is a message that the broker took back.",
      unit: "ops",
      queries: {
        "{{event}}": aboveZero(ownRate("asya_actor_transport_events_total", "transport, event")),
        "replicas that the broker blocks": own(select("asya_actor_transport_blocked")),
      },
    }),
    lines("Progress and measures that were dropped", {
      description: "Nothing of the work is lost by it. Is the gateway away, or slow?",
      unit: "ops",
      queries: {
        "progress: {{why}}": ownRate("asya_actor_progress_reports_dropped_total", "why"),
        "measures: {{why}}": ownRate("asya_actor_measures_dropped_total", "why"),
      },
    }),
    lines("Messages held for their stream", {
      description: "`late`: a message went on before what its handler streamed had arrived.",
      unit: "ops",
      queries: { "{{outcome}}": ownRate("asya_actor_chunk_waits_total", "outcome") },
    }),
  ],
};
