import assert from "node:assert/strict";
import type { Json } from "@asya/protocol";
import { formatJson } from "./format_json.ts";

const pure = { permissions: "none" } as const;
const values: readonly Json[] = [
  null,
  'text with "quotes" and \x1b[31m',
  -1.5e300,
  [],
  {},
  [[1, [2]], { a: [] }],
  { name: "x", deep: { list: [true, false, null], long: Array(50).fill("word") } },
];

Deno.test("what is shown is the same JSON", pure, () => {
  for (const value of values) assert.deepEqual(JSON.parse(formatJson(value, false)), value);
});

Deno.test("colours are all that colour adds", pure, () => {
  for (const value of values) {
    const plain = formatJson(value, true).replaceAll(/\p{Cc}\[\d+m/gu, "");
    assert.equal(plain, formatJson(value, false));
  }
});
