import type { Template } from "./template.ts";

const DRAFT = `import { defineHandler } from "@asya/runtime";

/** A draft, and what was said of the one before it. */
export interface Draft {
  readonly topic: string;
  readonly text?: string;
  readonly tries?: number;
  readonly advice?: string;
}

/** Writes a draft. A language model would be asked here, with the advice in its prompt. */
export default defineHandler<Draft, Draft>((msg) => {
  const { topic, text = topic + ".", tries = 0, advice } = msg.payload;
  const more = advice === undefined ? "" : " It is about " + advice + ".";
  return { topic, text: text + more, tries: tries + 1 };
});
`;

const JUDGE = `import {
  defineHandler,
  type HandlerMessage,
  messages,
  repeatSteps,
} from "@asya/runtime";
import type { Draft } from "./draft.ts";

/** What a good text mentions. */
const WANTED = ["price", "taste"];

/** Drafts after which the best there is has to do. */
const MAX_TRIES = 4;

/**
 * Lets a good draft pass, and sends any other back with advice: it puts the two steps before those
 * that lie ahead. Steps that are done stay as they are.
 */
export default defineHandler<Draft>((msg: HandlerMessage<Draft>) => {
  const { text = "", tries = 0 } = msg.payload;
  const missing = WANTED.find((word) => !text.includes(word));
  if (missing === undefined) return { text, tries, isGood: true };
  const steps = repeatSteps(msg, ["draft", "judge"], { atMost: MAX_TRIES });
  if (steps === undefined) return { text, tries, isGood: false };
  const payload = { ...msg.payload, advice: "its " + missing };
  return messages([{ payload, steps }]);
});
`;

const TEST = `import { type PayloadOptions, runHandler } from "@asya/runtime/testing";
import assert from "node:assert/strict";
import draft from "./draft.ts";
import judge from "./judge.ts";

const asJudge: PayloadOptions = {
  includeMetadata: true,
  steps: ["draft", "judge"],
  current: 1,
};
const poor = { topic: "Bread", text: "Bread.", tries: 1 };

Deno.test("a draft heeds the advice", async () => {
  const advised = { ...poor, advice: "its price" };
  const { payloads } = await runHandler(draft, advised);
  const text = "Bread. It is about its price.";
  assert.deepEqual(payloads, [{ topic: "Bread", text, tries: 2 }]);
});

Deno.test("a good draft passes", async () => {
  const text = "its price and its taste";
  const { payloads } = await runHandler(judge, { ...poor, text }, asJudge);
  assert.deepEqual(payloads, [{ text, tries: 1, isGood: true }]);
});

Deno.test("any other goes back, with advice", async () => {
  const { payloads, routes } = await runHandler(judge, poor, asJudge);
  assert.deepEqual(payloads, [{ ...poor, advice: "its price" }]);
  assert.deepEqual(routes, [["draft", "judge", "draft", "judge"]]);
});

Deno.test("after enough tries the best there is has to do", async () => {
  const rounds = Array.from({ length: 4 }, () => ["draft", "judge"]).flat();
  const asLast = { ...asJudge, steps: rounds, current: rounds.length - 1 };
  const { payloads } = await runHandler(judge, { ...poor, tries: 4 }, asLast);
  assert.deepEqual(payloads, [{ text: "Bread.", tries: 4, isGood: false }]);
});
`;

const MESH = `actors:
  - name: draft # its queue has the same name
    handler: ./draft.ts
  - name: judge
    handler: ./judge.ts
    # shows it the route, which it may change
    env: { ASYA_INCLUDE_METADATA: "true" }

tools:
  - name: write_text
    description: Writes a text about something, until it is good enough
    parameters:
      topic: { type: string, required: true, description: What it is about }
    route: [draft, judge]

demo: { tool: write_text, arguments: { topic: Bread } }
`;

/** A loop with an end: a draft is judged, and written again until it is good. */
export const agent: Template = {
  summary: "two handlers in a loop: one writes, one judges and sends back",
  mesh: MESH,
  files: { "draft.ts": DRAFT, "judge.ts": JUDGE, "loop_test.ts": TEST },
  about: "`judge.ts` sees the route and changes what lies ahead: a draft that is not good\n" +
    "goes through `draft.ts` once more, up to four times.",
  call: "write_text --arg topic=Bread",
};
