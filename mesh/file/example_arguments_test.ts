import assert from "node:assert/strict";
import type { Json } from "@asya/protocol";
import { exampleArguments } from "./example_arguments.ts";

const cases: readonly (readonly [string, Json | undefined, Json | undefined, Json])[] = [
  ["a tool without arguments needs none", undefined, undefined, {}],
  ["what may be left out is left out", { a: { type: "string" } }, undefined, {}],
  [
    "each type has one",
    {
      s: { type: "string", required: true },
      n: { type: "number", required: true },
      b: { type: "boolean", required: true },
      l: { type: "array", items: { type: "string" }, required: true },
      o: { type: "object", required: true },
    },
    undefined,
    { s: "…", n: 0, b: false, l: ["…"], o: {} },
  ],
  [
    "what the author shows is taken",
    {
      a: { type: "string", examples: ["x"], required: true },
      b: { type: "string", options: ["fast", "good"], required: true },
      c: { type: "integer", default: 3, required: true },
    },
    undefined,
    { a: "x", b: "fast", c: 3 },
  ],
  [
    "a schema says what it requires",
    undefined,
    { properties: { q: { type: "string" }, n: { type: "number" } }, required: ["q", "unknown"] },
    { q: "…", unknown: "…" },
  ],
  ["what is no list of arguments has none", "nonsense", { required: 1 }, {}],
];

for (const [what, parameters, schema, wanted] of cases) {
  Deno.test(
    `example arguments: ${what}`,
    { permissions: "none" },
    () => assert.deepEqual(exampleArguments(parameters, schema), wanted),
  );
}
