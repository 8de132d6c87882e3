import type { Json } from "@asya/protocol";
import assert from "node:assert/strict";
import { JsonView } from "./json_view.tsx";

const pure = { permissions: "none" } as const;

function show(value: Json): string {
  return String(JsonView({ value, rawPath: "/raw" }));
}

Deno.test({
  name: "values: names and texts are shown as they are, and are nothing else",
  ...pure,
  fn() {
    const html = show({
      "<img src=x onerror=alert(1)>": "</script><script>alert(1)</script>\u202e",
    });
    assert.doesNotMatch(html, /<img|<script|<\/script|\u202e/);
    assert.match(html, /&lt;img src=x onerror=alert\(1\)&gt;/);
    assert.match(html, /\\u\{202e\}/);
    const atoms = show([1.5, true, null, "", [], {}]);
    for (const text of ["1.5", "true", "null", "&quot;&quot;", "[]", "{}"]) {
      assert(atoms.includes(`>${text}<`), text);
    }
    assert.doesNotMatch(atoms, /Not all of it/);
  },
});

Deno.test({
  name: "values: however large, deep or many, no more is shown than a page bears",
  ...pure,
  fn() {
    let deep: Json = "end";
    for (let level = 0; level < 1_000; level++) deep = [deep];
    const large: readonly Json[] = [
      "x".repeat(5_000_000),
      Array<Json>(100_000).fill(7),
      Array<Json>(300).fill("y".repeat(3_000)),
      Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${index}`.repeat(999), 1])),
      deep,
    ];
    for (const value of large) {
      const html = show(value);
      assert(html.length < 200_000, `${html.length} characters`);
      assert.match(html, /Not all of it is shown here/);
      assert.match(html, /href="\/raw"/);
    }
  },
});

Deno.test({
  name: "values: of a list or an object that is cut, it is told how much there is",
  ...pure,
  fn() {
    assert.match(show(Array<Json>(100_000).fill(7)), /\[ 100000 \]/);
    const names = Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]);
    assert.match(show(Object.fromEntries(names)), /\{ 5000 \}/);
    assert.equal(show(Array<Json>(400).fill(7)).match(/<li>/g)?.length, 400);
    assert.doesNotMatch(show(Array<Json>(400).fill(7)), /Not all of it/);
  },
});
