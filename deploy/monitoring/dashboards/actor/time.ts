import { lines, quantiles } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { mean, sumRate } from "../promql.ts";
import { ACTOR } from "../variables.ts";
import { ownQuantile } from "./own.ts";

/** What an actor spends its time on. */
export const time: RowPlan = {
  title: "Time",
  panels: [
    lines("A message, from its arrival until it was settled", {
      description: "Waiting for a free place at the handler included.",
      unit: "s",
      queries: quantiles("asya_actor_processing_duration_seconds", { where: ACTOR }),
    }),
    lines("A call of the handler", {
      description: "What the handler alone takes.",
      unit: "s",
      queries: quantiles("asya_actor_runtime_execution_duration_seconds", { where: ACTOR }),
    }),
    lines("Mean of both", {
      description: "A wide gap: messages wait at their replica. Lower prefetch, or add replicas.",
      unit: "s",
      queries: {
        "at the actor": mean("asya_actor_processing_duration_seconds", { where: ACTOR }),
        "in the handler": mean("asya_actor_runtime_execution_duration_seconds", { where: ACTOR }),
      },
    }),
    lines("Idle and busy", {
      description: "Replicas with no message in hand, and with one or more.",
      unit: "short",
      isStacked: true,
      queries: {
        busy: sumRate("asya_actor_busy_seconds_total", { where: ACTOR }),
        idle: sumRate("asya_actor_idle_seconds_total", { where: ACTOR }),
      },
    }),
    lines("Waiting for a message", {
      description:
        "How long a free place waits for the next one. Near zero: the queue is never empty.",
      unit: "s",
      queries: quantiles("asya_actor_queue_receive_duration_seconds", { where: ACTOR }),
    }),
    lines("Until a publish was confirmed, 95 of 100", {
      description: "The broker's part, by where it was sent. Slow: its disk, or its memory.",
      unit: "s",
      queries: {
        "{{destination_queue}}": ownQuantile(
          .95,
          "asya_actor_queue_send_duration_seconds",
          "destination_queue",
        ),
      },
    }),
  ],
};
