import type { Json, JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import { createSchemaCompiler } from "./json_schema.ts";

const schema = {
  type: "object",
  properties: { list: { uniqueItems: true }, any: { uniqueItems: false } },
};
const wrong = ['argument "list" must NOT have duplicate items'];

function check(value: JsonObject): string[] {
  const compiled = createSchemaCompiler().compileInput(schema);
  assert(compiled.ok);
  return compiled.check(value);
}

const rows: { name: string; value: JsonObject; problems: string[] }[] = [
  { name: "a list without twins", value: { list: [1, "1", true, null, [], {}] }, problems: [] },
  { name: "texts", value: { list: ["a", "b", "a"] }, problems: wrong },
  { name: "numbers, of which 0 is one", value: { list: [0, -0] }, problems: wrong },
  {
    name: "objects, whatever the order of their members",
    value: { list: [{ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }] },
    problems: wrong,
  },
  { name: "lists, whose order counts", value: { list: [[1, 2], [2, 1]] }, problems: [] },
  {
    name: "members that objects have from birth",
    value: { list: [JSON.parse('{"__proto__":{}}'), {}] as Json[] },
    problems: [],
  },
  { name: "what is no list", value: { list: "aa" }, problems: [] },
  { name: "where it is not asked", value: { any: [1, 1] }, problems: [] },
];

for (const { name, value, problems } of rows) {
  Deno.test({
    name: `unique items: ${name}`,
    permissions: "none",
    fn: () => assert.deepEqual(check(value), problems),
  });
}

Deno.test({
  name: "[G14] unique items: no item is compared with each other one",
  permissions: "none",
  fn: () => {
    let looks = 0;
    // Each item counts how often it is looked at: once for its text, and no more.
    const list = Array.from({ length: 300 }, (_, index) =>
      Object.defineProperty({}, "n", {
        enumerable: true,
        get: () => (looks++, index),
      })) as Json[];
    const compiled = createSchemaCompiler().compileOutput(schema);
    assert(compiled.ok);
    assert.deepEqual(compiled.check({ list }), []);
    assert(looks <= 5 * list.length, `${looks} looks at ${list.length} items`);
  },
});
