import assert from "node:assert/strict";
import type { Json } from "@asya/protocol/json";
import { HostedHandler, type HostedOptions, messageFor } from "../tests/kit/hosted_handler.ts";

/** What the handler answers to an empty payload. */
async function answerOf(
  files: Record<string, string>,
  options: HostedOptions = {},
): Promise<Json> {
  await using hosted = await HostedHandler.start(files, options);
  await using session = await hosted.session();
  await session.call(1, messageFor({}));
  const { reply } = await session.reply(1);
  assert(reply.kind === "output", JSON.stringify(reply));
  return reply.output.payload;
}

Deno.test("a handler's own deno.json counts, and what the host imports does not change", async () => {
  const payload = await answerOf({
    "deno.json": `{
      // comments are fine
      "imports": { "words": "./lib/words.ts", "lib/": "./lib/", "@asya/protocol/json": "./lib/trap.ts" },
    }`,
    "lib/words.ts": `export const word = "mine";`,
    "lib/trap.ts": `export const trap = true;`,
    "handler.ts": `
      import { defineHandler } from "@asya/runtime";
      import { word } from "words";
      import { word as same } from "lib/words.ts";
      import { trap } from "@asya/protocol/json";
      export default defineHandler(() => ({ word, same, trap }));
    `,
  });
  assert.deepEqual(payload, { word: "mine", same: "mine", trap: true });
});

Deno.test("a handler may live in a workspace of its own", async () => {
  const payload = await answerOf({
    "deno.json": `{ "workspace": ["./ocr", "./words"], "imports": { "shared": "./shared.ts" } }`,
    "shared.ts": `export const shared = "root";`,
    "words/deno.json": `{ "name": "@me/words", "version": "1.0.0", "exports": "./mod.ts" }`,
    "words/mod.ts": `export const word = "sibling";`,
    "ocr/deno.json":
      `{ "name": "@me/ocr", "version": "1.0.0", "exports": "./handler.ts", "imports": { "own": "./own.ts" } }`,
    "ocr/own.ts": `export const own = "member";`,
    "ocr/handler.ts": `
      import { RetryableError } from "@asya/runtime";
      import { shared } from "shared";
      import { own } from "own";
      import { word } from "@me/words";
      export default () => ({ shared, own, word, name: new RetryableError("").name });
    `,
  }, { handler: "./ocr/handler.ts" });
  assert.deepEqual(payload, {
    shared: "root",
    own: "member",
    word: "sibling",
    name: "RetryableError",
  });
});

Deno.test("an import map in a file of its own counts, too", async () => {
  const payload = await answerOf({
    "deno.json": `{ "importMap": "./maps/imports.json" }`,
    "maps/imports.json": `{ "imports": { "words": "../words.ts" } }`,
    "words.ts": `export const word = "mapped";`,
    "handler.ts": `import { word } from "words"; export default () => ({ word });`,
  });
  assert.deepEqual(payload, { word: "mapped" });
});

Deno.test("a handler without deno.json finds what authors import", async () => {
  const payload = await answerOf({
    "handler.ts": `
      import { TerminalError } from "@asya/runtime";
      export default () => ({ name: new TerminalError("").name });
    `,
  });
  assert.deepEqual(payload, { name: "TerminalError" });
});
