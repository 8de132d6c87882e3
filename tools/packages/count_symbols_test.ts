import assert from "node:assert/strict";
import { countSymbols } from "./count_symbols.ts";

const words = { doc: "What it is." };

/** What `deno doc --json` prints of one entry point. */
function docs(declarations: Record<string, unknown[]>, module_doc?: { doc: string }): string {
  const symbols = Object.entries(declarations).map(([name, declarations]) => ({
    name,
    declarations,
  }));
  return JSON.stringify({ version: 2, nodes: { "file:///a/mod.ts": { module_doc, symbols } } });
}

Deno.test("[T6] what is exported without words is found, as deep as users see it", {
  permissions: "none",
}, () => {
  const shown = { declarationKind: "export" };
  const text = docs({
    told: [{ ...shown, kind: "function", jsDoc: words }],
    untold: [{ ...shown, kind: "function" }],
    onlyTags: [{ ...shown, kind: "variable", jsDoc: { tags: [{ kind: "internal" }] } }],
    Queue: [{
      ...shown,
      kind: "class",
      jsDoc: words,
      def: {
        properties: [{ name: "url", jsDoc: words }, { name: "depth" }],
        methods: [{ name: "take" }, { name: "poll", accessibility: "private" }],
        constructors: [{ name: "constructor", jsDoc: words }],
      },
    }],
    choice: [
      { ...shown, kind: "function", jsDoc: words, def: {} },
      { ...shown, kind: "function", def: { hasBody: true } },
    ],
    Elsewhere: [{ ...shown, kind: "reference" }],
    hidden: [{ kind: "variable", declarationKind: "private" }],
  });
  assert.deepEqual(countSymbols(text), {
    symbols: 5,
    parts: 4,
    undocumented: ["mod.ts: untold", "mod.ts: Queue.depth", "mod.ts: Queue.take"],
    withoutDoc: ["mod.ts"],
  });
  assert.deepEqual(countSymbols(docs({}, { doc: "What is in here." })).withoutDoc, []);
});
