import { lines, quantiles } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { aboveZero, quantile, select, sumRate } from "../promql.ts";

/** From a stored job to a message that a queue has confirmed. */
export const sending: RowPlan = {
  title: "Sending",
  panels: [
    lines("Messages that are to be sent", {
      description: "Jobs that are stored, and whose first message no queue has confirmed.",
      unit: "short",
      queries: { messages: `max(${select("asya_gateway_outbox_messages")})` },
    }),
    lines("Until a message was confirmed", {
      description: "From the storing of its job; and the broker's part of it.",
      unit: "s",
      queries: {
        ...quantiles("asya_gateway_publish_lag_seconds"),
        "the broker, p95": quantile(.95, "asya_gateway_publish_duration_seconds"),
      },
    }),
    lines("Sent, and not", {
      description: "`missing`: the queue of the first step is not there.",
      unit: "ops",
      queries: {
        confirmed: sumRate("asya_gateway_messages_published_total"),
        "{{reason}}": sumRate("asya_gateway_publish_failures_total", { by: "reason" }),
      },
    }),
    lines("The connection to the broker", {
      description:
        "What happened to it; 1 while the broker, short of memory or disk, takes nothing.",
      unit: "short",
      width: 12,
      queries: {
        "{{event}} per second": aboveZero(
          sumRate("asya_gateway_transport_events_total", { by: "event" }),
        ),
        blocked: `max(${select("asya_gateway_transport_blocked")})`,
      },
    }),
    lines("Dead letters that somebody was done with", {
      description: "Replayed or purged by people.",
      unit: "ops",
      width: 12,
      queries: { "{{became}}": sumRate("asya_gateway_dead_letters_total", { by: "became" }) },
    }),
  ],
};
