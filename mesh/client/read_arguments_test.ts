import assert from "node:assert/strict";
import type { JsonObject } from "@asya/protocol";
import { readArguments } from "./read_arguments.ts";

const pure = { permissions: "none" } as const;
const inputSchema: JsonObject = {
  type: "object",
  properties: {
    pages: { type: "array", items: { type: "string" }, description: "paths of scans" },
    mode: { type: "string", enum: ["fast", "good"] },
    count: { type: "integer" },
    ratio: { type: "number" },
    dry: { type: "boolean" },
    opts: { type: "object" },
    any: {},
    both: { type: ["string", "null"] },
  },
  required: ["pages"],
  additionalProperties: false,
};
const tool = { name: "scan", description: "", inputSchema };

Deno.test("arguments are read as the tool's schema wants them", pure, () => {
  const base = { pages: ["1"], count: 1 };
  const given = [
    ...["count=2", "ratio=0.5", "dry=true", 'opts={"a":1}', "any=7", "both=x", "mode=fast"],
  ].map((pair) => pair.split("=") as [string, string]);
  assert.deepEqual(readArguments(base, given, tool), {
    ok: true,
    arguments: {
      ...{ pages: ["1"], count: 2, ratio: 0.5, dry: true, opts: { a: 1 }, any: 7, both: "x" },
      mode: "fast",
    },
  });
});

Deno.test("everything that a schema plainly does not allow is said at once", pure, () => {
  const given: [string, string][] = [
    ["pagse", "x"],
    ["mode", "best"],
    ["count", "1.5"],
    ["ratio", "half"],
    ["dry", "maybe"],
    ["opts", "[]"],
  ];
  assert.deepEqual(readArguments({}, given, tool), {
    ok: false,
    problems: [
      'scan takes no argument "pagse"; did you mean pages?',
      "scan needs the argument pages: paths of scans",
      'mode is "best"; allowed: fast, good',
      "count is 1.5; allowed: a whole number",
      'ratio is "half"; allowed: a number',
      'dry is "maybe"; allowed: true or false',
      'opts is []; allowed: an object, such as {"a": 1}',
    ],
  });
});

Deno.test("what only the whole schema can tell is left to the gateway", pure, () => {
  const open = { name: "t", description: "", inputSchema: { anyOf: [{ required: ["a"] }] } };
  assert.deepEqual(readArguments({}, [["b", "1"]], open), { ok: true, arguments: { b: 1 } });
  const proto = readArguments({}, [["__proto__", "1"]], tool);
  assert(!proto.ok);
});
