import { MOST_END_WELL, NOT_KNOWN, RED_FROM_ONE, stat } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { ratio, sum, sumRate, waiting } from "../promql.ts";
import { WORK } from "./queues.ts";

/** Whether the mesh is well, in six numbers. */
export const glance: RowPlan = {
  title: "At a glance",
  panels: [
    stat("Jobs that end, per second", {
      description: "Jobs that ended, well or not, at all gateways.",
      unit: "ops",
      queries: { jobs: sumRate("asya_gateway_jobs_ended_total") },
    }),
    stat("Jobs that end well", {
      description:
        "The share of the jobs that ended as their caller wanted. Nothing ends: no share.",
      unit: "percentunit",
      max: 1,
      thresholds: MOST_END_WELL,
      queries: {
        share: ratio(
          sumRate("asya_gateway_jobs_ended_total", { where: 'status="Succeeded"' }),
          sumRate("asya_gateway_jobs_ended_total"),
        ),
      },
    }),
    stat("Messages that wait", {
      description:
        "Messages in queues that no sidecar has taken yet, as RabbitMQ or else the gateway has them.",
      unit: "short",
      noValue: NOT_KNOWN,
      queries: { messages: `sum(${waiting(WORK)})` },
    }),
    stat("Messages in hand", {
      description: "Messages that sidecars have taken and not settled.",
      unit: "short",
      queries: { messages: sum("asya_actor_active_messages") },
    }),
    stat("Dead letters", {
      description:
        "Work that was given up and waits for somebody: `asya dlq ls` says which and why.",
      unit: "short",
      noValue: NOT_KNOWN,
      thresholds: [[1, "yellow"], [100, "red"]],
      queries: { messages: `sum(${waiting('queue="dead-letter-queue"')})` },
    }),
    stat("Alerts that fire", {
      description: "Alerts of the mesh, from the rules beside this dashboard.",
      unit: "short",
      thresholds: RED_FROM_ONE,
      queries: {
        alerts:
          'count(ALERTS{cluster=~"$cluster", alertname=~"Asya.*", alertstate="firing"}) or vector(0)',
      },
    }),
  ],
};
