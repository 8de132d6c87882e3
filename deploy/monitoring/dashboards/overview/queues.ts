import { lines, NOT_KNOWN, ONLY_RABBITMQ } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { aboveZero, RECEIVED, selectQueues, sumRate, waiting } from "../promql.ts";
import { toActor } from "../uids.ts";

/** Queues that messages wait in for an actor: not those for delays, and not dead letters. */
export const WORK = 'queue!~"dead-letter-queue|asya[.]delay[.].*"';

/** What waits, queue by queue. */
export const queues: RowPlan = {
  title: "Queues, as RabbitMQ or else the gateway has them",
  panels: [
    lines("Messages that wait, by queue", {
      description:
        "Ready messages. One that rises for long: more replicas, or a step that is away.",
      unit: "short",
      noValue: NOT_KNOWN,
      leadsTo: toActor,
      queries: { "{{queue}}": `sum by (queue) (${waiting(WORK)})` },
    }),
    lines("Time until a queue is empty", {
      description: "What waits, at the rate at which its actor took messages lately.",
      unit: "s",
      leadsTo: toActor,
      queries: {
        "{{queue}}": `sum by (queue) (${waiting(WORK)}) / on (queue) (${
          aboveZero(sumRate(RECEIVED, { by: "queue" }))
        })`,
      },
    }),
    lines("Consumers, by queue", {
      description: "0 and messages that wait: nobody works on that step. Only RabbitMQ says it.",
      unit: "short",
      noValue: ONLY_RABBITMQ,
      leadsTo: toActor,
      queries: {
        "{{queue}}": `sum by (queue) (${selectQueues("rabbitmq_detailed_queue_consumers", WORK)})`,
      },
    }),
  ],
};
