import { lines } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { RECEIVED, select, sumRate, withQueue } from "../promql.ts";
import { ACTOR } from "../variables.ts";
import { ownRate } from "./own.ts";

/** What an actor takes, does, and sends on. */
export const messages: RowPlan = {
  title: "Messages",
  panels: [
    lines("Taken and done", {
      description: "By how they were done. Taken but not done: they are in hand, or failed.",
      unit: "ops",
      queries: {
        taken: sumRate(RECEIVED, { where: ACTOR }),
        "{{status}}": sumRate("asya_actor_messages_processed_total", {
          by: "status",
          where: ACTOR,
        }),
      },
    }),
    lines("Sent on", {
      description: "Messages published and confirmed, by where they went.",
      unit: "ops",
      queries: {
        "{{destination_queue}} ({{message_type}})": ownRate(
          "asya_actor_messages_sent_total",
          "destination_queue, message_type",
        ),
      },
    }),
    lines("In hand, by replica", {
      description: "Taken and not settled. All at their limit: more replicas help.",
      unit: "short",
      isStacked: true,
      queries: { "{{pod}} {{instance}}": withQueue(select("asya_actor_active_messages"), ACTOR) },
    }),
  ],
};
