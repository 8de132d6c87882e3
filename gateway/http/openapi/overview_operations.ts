import { count, type JsonObject, list, number, object, text } from "@asya/protocol";
import { time } from "./answer_schemas.ts";
import { nullable } from "./answer_words.ts";
import { exampleOverview } from "./examples.ts";
import type { Operation } from "./operation.ts";
import { CALLER_REFUSALS } from "./refusals.ts";

const perSlot = (description: string) => list(count(0, "in one slot"), description);

/** How the mesh gets on. */
export const overview: JsonObject = object({
  at: time("when it was looked"),
  slotSeconds: number(0, Infinity, "the length of a slot"),
  jobs: {
    ...object({}),
    json: {
      type: "object",
      description: "jobs by their status; counts end at 50000",
      properties: Object.fromEntries(
        ["Pending", "Running", "Succeeded", "Failed"].map((name) => [name, { type: "integer" }]),
      ),
      required: ["Pending", "Running", "Succeeded", "Failed"],
    },
  },
  rates: object({
    started: perSlot("jobs that were made, by slot, the oldest first"),
    succeeded: perSlot("jobs that succeeded"),
    failed: perSlot("jobs that failed"),
  }),
  actors: list(
    object({
      name: text("the actor's queue"),
      completed: perSlot("messages it was done with"),
      failed: perSlot("messages that were given up there"),
      busySeconds: list(
        number(0, Infinity, "in one slot"),
        "how long it worked on the messages it was done with, all replicas together",
      ),
      depth: list(
        nullable(count(0, "in one slot")),
        "messages that waited in its queue; null where nobody looked, or there was no such queue",
      ),
      queue: nullable(object({
        ready: count(0, "messages that wait to be taken"),
        consumers: nullable(count(0, "who takes them, where the broker tells")),
      })),
    }),
    "the steps of all tools, and whoever else reported",
  ),
  deadLetters: nullable(count(0, "dead letters; null where the broker does not say")),
}, { description: "How the mesh gets on." }).json;

const admin = {
  method: "get",
  tag: "overview",
  needs: "jobs:admin",
  refusals: CALLER_REFUSALS,
} as const;

/** What can be asked of the whole mesh. */
export const overviewOperations: readonly Operation[] = [
  {
    ...admin,
    id: "getOverview",
    path: "/overview",
    summary: "How the mesh gets on",
    description: "Sixty slots of five seconds, all of them over, of all gateways that share a " +
      "store. It is at most two seconds old.",
    answers: { 200: { description: "The overview.", json: overview, example: exampleOverview } },
  },
  {
    ...admin,
    id: "followOverview",
    path: "/overview/stream",
    summary: "The same, every two seconds",
    description: "Server-sent events, without an end.",
    answers: {
      200: {
        description: "The events.",
        type: "text/event-stream",
        json: { type: "string" },
        example: `event: overview\ndata: ${JSON.stringify(exampleOverview)}\n\n`,
        events: { overview },
      },
    },
  },
];
