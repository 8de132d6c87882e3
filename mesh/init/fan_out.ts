import type { Template } from "./template.ts";

const SPLIT = `import { defineHandler } from "@asya/runtime";

/** One page of a text. */
export interface Page {
  readonly page: number;
  readonly text: string;
}

/** Takes a text apart: of a list, each item goes on by itself. */
export default defineHandler<{ pages: string[] }>((msg) =>
  msg.payload.pages.map((text, index): Page => ({ page: index + 1, text }))
);
`;

const COUNT = `import { defineHandler } from "@asya/runtime";
import type { Page } from "./split.ts";

/** How many words a page has. */
export interface Count {
  readonly page: number;
  readonly words: number;
}

/** Counts the words of one page, beside the others. */
export default defineHandler<Page, Count>((msg) => {
  const { page, text } = msg.payload;
  return { page, words: text.match(/\\p{L}+/gu)?.length ?? 0 };
});
`;

const SUM = `import { defineHandler } from "@asya/runtime";
import type { Count } from "./count.ts";

/** Puts the counts together, which the join has gathered in the order of the pages. */
export default defineHandler<{ branches: Count[] }>((msg) => {
  const { branches } = msg.payload;
  const most = Math.max(...branches.map(({ words }) => words));
  return {
    words: branches.reduce((sum, { words }) => sum + words, 0),
    longest: branches.find(({ words }) => words === most)?.page ?? 0,
  };
});
`;

const TEST = `import { runHandler } from "@asya/runtime/testing";
import assert from "node:assert/strict";
import count from "./count.ts";
import split from "./split.ts";
import sum from "./sum.ts";

Deno.test("each page goes on by itself", async () => {
  const { payloads } = await runHandler(split, { pages: ["one", "two words"] });
  assert.deepEqual(payloads, [
    { page: 1, text: "one" },
    { page: 2, text: "two words" },
  ]);
});

Deno.test("a page's words are counted", async () => {
  const { payloads } = await runHandler(count, { page: 2, text: "two words" });
  assert.deepEqual(payloads, [{ page: 2, words: 2 }]);
});

Deno.test("the counts are put together", async () => {
  const branches = [{ page: 1, words: 1 }, { page: 2, words: 2 }];
  const { payloads } = await runHandler(sum, { branches });
  assert.deepEqual(payloads, [{ words: 3, longest: 2 }]);
});
`;

const MESH = `actors:
  - name: split # its queue has the same name
    handler: ./split.ts
  - name: count
    handler: ./count.ts
    concurrency: 4 # pages that are counted at a time
  - name: gather
    join: true # waits for all pages; needs no handler
  - name: sum
    handler: ./sum.ts

tools:
  - name: count_pages
    description: Counts the words of many pages side by side
    parameters:
      pages:
        type: array
        items: { type: string }
        required: true
        description: The texts
    route: [split, count, gather, sum]

demo:
  tool: count_pages
  arguments: { pages: [to be, or not to be, that is] }
`;

/** A list whose items are worked on side by side. */
export const fanOut: Template = {
  summary: "a list whose items are worked on side by side, and put together again",
  mesh: MESH,
  files: { "split.ts": SPLIT, "count.ts": COUNT, "sum.ts": SUM, "pages_test.ts": TEST },
  about: "`split.ts` answers a list: each item goes to `count.ts` by itself. The join\n" +
    "`gather` waits for all of them, and `sum.ts` gets them in their order.",
  call: `count_pages --arg 'pages=["to be","or not to be"]'`,
};
