import { FEW_FAIL, NOT_KNOWN, stat, yesNo } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { busyShare, ratio, RECEIVED, select, sumRate, waiting, withQueue } from "../promql.ts";
import { ACTOR } from "../variables.ts";

/** Whether an actor is well, in six numbers. */
export const glance: RowPlan = {
  title: "At a glance",
  panels: [
    stat("Messages per second", {
      description: "Taken from the queue by all replicas.",
      unit: "ops",
      queries: { messages: sumRate(RECEIVED, { where: ACTOR }) },
    }),
    stat("Messages that fail", {
      description: "Their share of those that were taken.",
      unit: "percentunit",
      thresholds: FEW_FAIL,
      queries: {
        share: ratio(
          sumRate("asya_actor_messages_failed_total", { where: ACTOR }),
          sumRate(RECEIVED, { where: ACTOR }),
        ),
      },
    }),
    stat("Messages that wait", {
      description: "Ready messages of its queue, as RabbitMQ or else the gateway has them.",
      unit: "short",
      noValue: NOT_KNOWN,
      queries: { messages: `sum(${waiting(ACTOR)})` },
    }),
    stat("Busy", {
      description: "The share of its time in which a replica has a message in hand.",
      unit: "percentunit",
      max: 1,
      thresholds: [[.8, "yellow"], [.95, "red"]],
      queries: { share: busyShare({ where: ACTOR }) },
    }),
    stat("Replicas", {
      description: "Sidecars that Prometheus reaches.",
      unit: "short",
      queries: { replicas: `count(${select(RECEIVED, ACTOR)})` },
    }),
    yesNo("All have their broker", {
      description: "Whether every replica is connected to the broker.",
      queries: { connected: `min(${withQueue(select("asya_actor_transport_connected"), ACTOR)})` },
    }),
  ],
};
