import { lines } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import {
  aboveZero,
  keepProcesses,
  quantile,
  rate,
  RECEIVED,
  select,
  sumRate,
  withQueue,
} from "../promql.ts";
import { toActor } from "../uids.ts";

/** What error-end sends is what is tried again; the metric names its sender only as a process. */
const SENT_BY_ERROR_END = keepProcesses(
  rate("asya_actor_messages_sent_total", 'message_type="routing"'),
  select(RECEIVED, 'queue="error-end"'),
);

/** The actors beside each other. */
export const actors: RowPlan = {
  title: "Actors",
  panels: [
    lines("Messages done, by actor", {
      description: "Messages per second that an actor has settled without a failure.",
      unit: "ops",
      leadsTo: toActor,
      queries: { "{{queue}}": sumRate("asya_actor_messages_processed_total", { by: "queue" }) },
    }),
    lines("Messages in hand, by actor", {
      description: "Taken from the queue and not settled. At its limit, an actor needs replicas.",
      unit: "short",
      leadsTo: toActor,
      queries: {
        "{{queue}}": `sum by (queue) (${
          withQueue(select("asya_actor_active_messages"), 'queue=~".+"')
        })`,
      },
    }),
    lines("A message's time at its actor, 95 of 100", {
      description: "From its arrival at the sidecar until it was settled.",
      unit: "s",
      leadsTo: toActor,
      queries: {
        "{{queue}}": quantile(.95, "asya_actor_processing_duration_seconds", { by: "queue" }),
      },
    }),
    lines("Failures, by actor and reason", {
      description: "Messages that failed, and publishes that had to be repeated.",
      unit: "ops",
      leadsTo: toActor,
      queries: {
        "{{queue}} {{reason}}": aboveZero(
          sumRate("asya_actor_messages_failed_total", { by: "queue, reason" }),
        ),
      },
    }),
    lines("Retries, by step", {
      description: "Messages that error-end has sent to their step once more.",
      unit: "ops",
      queries: { "{{destination_queue}}": `sum by (destination_queue) (${SENT_BY_ERROR_END})` },
    }),
    lines("Sidecars, by actor", {
      description: "Replicas that Prometheus reaches, idle ones included.",
      unit: "short",
      leadsTo: toActor,
      queries: { "{{queue}}": `count by (queue) (${select(RECEIVED)})` },
    }),
  ],
};
