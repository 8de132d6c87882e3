import { lines, NOT_KNOWN, ONLY_RABBITMQ } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { ratio, RECEIVED, selectQueues, sumRate, waiting } from "../promql.ts";
import { ACTOR } from "../variables.ts";

/** What waits for an actor. */
export const queue: RowPlan = {
  title: "Its queue, as RabbitMQ or else the gateway has it",
  panels: [
    lines("Messages that wait, and in hand", {
      description: "Ready, and delivered without an ack, which only RabbitMQ says.",
      unit: "short",
      noValue: NOT_KNOWN,
      queries: {
        ready: `sum(${waiting(ACTOR)})`,
        unacked: `sum(${selectQueues("rabbitmq_detailed_queue_messages_unacked", ACTOR)})`,
      },
    }),
    lines("Time until it is empty", {
      description: "What waits, at the rate at which messages were taken lately.",
      unit: "s",
      queries: { time: ratio(`sum(${waiting(ACTOR)})`, sumRate(RECEIVED, { where: ACTOR })) },
    }),
    lines("Consumers", {
      description: "0 and messages that wait: nobody works on this step. Only RabbitMQ says it.",
      unit: "short",
      noValue: ONLY_RABBITMQ,
      queries: { consumers: `sum(${selectQueues("rabbitmq_detailed_queue_consumers", ACTOR)})` },
    }),
  ],
};
