import type { Template } from "./template.ts";

const HANDLER = `import type { HandlerContext, HandlerMessage } from "@asya/runtime";

/** How often a word was there so far. */
export interface Count {
  readonly word: string;
  readonly count: number;
}

/** Counts words: what it yields is seen at once, what it returns is the result. */
export default function* countWords(
  msg: HandlerMessage<{ text: string }>,
  ctx: HandlerContext,
): Generator<Count, { counts: Record<string, number> }> {
  const counts: Record<string, number> = {};
  const words = msg.payload.text.toLowerCase().match(/\\p{L}+/gu) ?? [];
  for (const [index, word] of words.entries()) {
    const count = (counts[word] ?? 0) + 1;
    counts[word] = count;
    ctx.progress((index + 1) / words.length, word);
    yield { word, count };
  }
  return { counts };
}
`;

const TEST = `import { runHandler } from "@asya/runtime/testing";
import assert from "node:assert/strict";
import countWords from "./count_words.ts";

Deno.test("counts words, and shows each count as it grows", async () => {
  const text = "to be or to do";
  const { payloads, partials } = await runHandler(countWords, { text });
  assert.deepEqual(payloads, [{ counts: { to: 2, be: 1, or: 1, do: 1 } }]);
  assert.deepEqual(partials.at(-2), { word: "to", count: 2 });
});
`;

const MESH = `actors:
  - name: count-words # its queue has the same name
    handler: ./count_words.ts

tools:
  - name: count_words
    description: Counts the words of a text, and shows each count as it grows
    parameters:
      text: { type: string, required: true, description: The text }
    route: [count-words]

demo: { tool: count_words, arguments: { text: to be or not to be } }
`;

/** A handler that streams. */
export const stream: Template = {
  summary: "a handler that streams what it has so far",
  mesh: MESH,
  files: { "count_words.ts": HANDLER, "count_words_test.ts": TEST },
  about: "`count_words.ts` is a generator: what it yields is streamed to whoever watches\n" +
    "the job, and what it returns is the result. How soon the first of it came, and\n" +
    "how many came in a second, is measured by itself; `ctx.metrics` adds what only\n" +
    "the handler knows, such as the tokens of a model.",
  call: 'count_words --arg text="to be or not to be"',
};
