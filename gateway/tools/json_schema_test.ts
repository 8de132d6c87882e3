import type { Json, JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import { createSchemaCompiler } from "./json_schema.ts";

const compiler = createSchemaCompiler();

function check(schema: JsonObject, value: Json): string[] {
  const compiled = compiler.compileInput(schema);
  assert(compiled.ok, compiled.ok ? "" : JSON.stringify(compiled.problems));
  return compiled.check(value);
}

const rows: { name: string; schema: JsonObject; value: Json; problems: string[] }[] = [
  {
    name: "a compound tells of its parts",
    schema: {
      type: "object",
      unevaluatedProperties: false,
      allOf: [{ properties: { a: { type: "string" } } }],
    },
    value: { a: 1, b: 2 },
    problems: ['argument "a" is 1; string is allowed', 'argument "b" is unknown'],
  },
  {
    name: "an unknown name that is like a known one",
    schema: { type: "object", properties: { name: {}, age: {} }, additionalProperties: false },
    value: { nme: 1 },
    problems: ['argument "nme" is unknown; did you mean name?'],
  },
  {
    name: "an unknown name that is like none, and deep",
    schema: {
      type: "object",
      properties: { o: { properties: { name: {}, age: {} }, additionalProperties: false } },
    },
    value: { o: { zebra: 1 } },
    problems: ['argument "o.zebra" is unknown; allowed: name, age'],
  },
  {
    name: "types that may be several",
    schema: { type: "object", properties: { a: { type: ["string", "null"] } } },
    value: { a: 1 },
    problems: ['argument "a" is 1; string or null is allowed'],
  },
  {
    name: "names with special characters",
    schema: { type: "object", properties: { "a/b~c": { type: "string" } } },
    value: { "a/b~c": 1 },
    problems: ['argument "a/b~c" is 1; string is allowed'],
  },
  {
    name: "limits",
    schema: { type: "object", properties: { n: { type: "number", maximum: 3 } } },
    value: { n: 4 },
    problems: ['argument "n" must be <= 3'],
  },
  {
    name: "long values are cut",
    schema: { type: "object", properties: { s: { type: "number" } } },
    value: { s: "x".repeat(500) },
    problems: [`argument "s" is "${"x".repeat(79)}…; number is allowed`],
  },
  {
    name: "prefixItems, which is new in this draft",
    schema: { type: "object", properties: { p: { prefixItems: [{ type: "string" }] } } },
    value: { p: [1] },
    problems: ['argument "p[0]" is 1; string is allowed'],
  },
  {
    name: "patterns",
    schema: { type: "object", properties: { s: { pattern: "^\\p{L}+$" } } },
    value: { s: "über 1" },
    problems: ['argument "s" must match pattern "^\\p{L}+$"'],
  },
  {
    name: "a pattern takes no longer than its text",
    schema: { type: "object", properties: { s: { pattern: "^((a+)+|(a|a)*)+$" } } },
    value: { s: `${"a".repeat(1_000_000)}!` },
    problems: ['argument "s" must match pattern "^((a+)+|(a|a)*)+$"'],
  },
  {
    name: "formats are notes",
    schema: { type: "object", properties: { d: { type: "string", format: "date" } } },
    value: { d: "not a date" },
    problems: [],
  },
  {
    name: "__proto__ is a name like any other",
    schema: { type: "object", properties: {}, additionalProperties: false },
    value: JSON.parse('{"__proto__": 1, "constructor": 2}'),
    problems: [
      'argument "__proto__" is unknown; none is allowed',
      'argument "constructor" is unknown; none is allowed',
    ],
  },
];

for (const { name, schema, value, problems } of rows) {
  Deno.test({
    name: `json schema: ${name}`,
    permissions: "none",
    fn: () => assert.deepEqual(check(schema, value), problems),
  });
}

Deno.test({
  name: "json schema: defaults are filled into arguments, never into results",
  permissions: "none",
  fn: () => {
    const schema = { type: "object", properties: { a: { default: 1 }, b: { default: [] } } };
    const given: JsonObject = { a: 2 };
    assert.deepEqual(check(schema, given), []);
    assert.deepEqual(given, { a: 2, b: [] });
    const compiled = compiler.compileOutput(schema);
    const result: JsonObject = {};
    assert(compiled.ok);
    assert.deepEqual(compiled.check(result), []);
    assert.deepEqual(result, {});
  },
});

Deno.test({
  name: "json schema: one default is not shared between calls",
  permissions: "none",
  fn: () => {
    const schema = { type: "object", properties: { tags: { default: [] } } };
    const compiled = compiler.compileInput(schema);
    assert(compiled.ok);
    const [one, other]: JsonObject[] = [{}, {}];
    compiled.check(one!);
    (one!.tags as Json[]).push("mine");
    compiled.check(other!);
    assert.deepEqual(other, { tags: [] });
  },
});

Deno.test({
  name: "json schema: what cannot be used is said, and does not spoil the next",
  permissions: "none",
  fn: () => {
    const bad: JsonObject[] = [
      { type: "nope" },
      { $ref: "https://example.com/schema.json" },
      { $schema: "http://json-schema.org/draft-07/schema#" },
      { type: "object", properties: { a: { pattern: "(" } } },
    ];
    for (const schema of bad) {
      const compiled = compiler.compileInput(schema);
      assert.equal(compiled.ok, false, JSON.stringify(schema));
    }
    const twice = { $id: "urn:x:y", type: "object" };
    assert.equal(compiler.compileInput({ ...twice }).ok, true);
    assert.equal(compiler.compileInput({ ...twice }).ok, true);
  },
});

Deno.test("[G14] json schema: a large value is told one of its problems, not each of them", () => {
  const schema = {
    type: "object",
    properties: { tags: { items: { type: "string" } }, page: { type: "integer", default: 1 } },
    additionalProperties: false,
  };
  const compiled = compiler.compileInput(schema);
  assert(compiled.ok);
  assert.equal(compiled.check({ tags: [1, 2, 3] }).length, 3);
  assert.deepEqual(compiled.check({ tags: Array(100_000).fill(1) }), [
    'argument "tags[0]" is 1; string is allowed',
  ]);
  const names = Array.from({ length: 100_000 }, (_, index) => [`n${index}`, index]);
  assert.equal(compiled.check(Object.fromEntries(names)).length, 1);
  const good = { tags: Array(100_000).fill("a") };
  assert.deepEqual(compiled.check(good), []);
  assert.deepEqual(good, { ...good, page: 1 });
});

/** A schema of nested values whose every level is checked in two ways. */
function createTwoWays(one: JsonObject, other: JsonObject): JsonObject {
  const below = { n: { $ref: "#/$defs/level" } };
  const level = { type: "object", required: ["n"], properties: below };
  const either = { anyOf: [one, other].map((more) => ({ allOf: [more, level] })) };
  return { type: "object", properties: below, $defs: { level: either } };
}

function nest(levels: number, innermost: Json, more: JsonObject = {}): Json {
  let value = innermost;
  for (let level = 0; level < levels; level++) value = { ...more, n: value };
  return value;
}

Deno.test("[G14] json schema: what would take twice as long for each level is refused", () => {
  const schema = createTwoWays({}, {});
  const refused =
    "the set of arguments is nested too deeply to be checked by a schema that leads " +
    "back to itself; fewer levels are allowed";
  assert(check(schema, nest(3, 0)).includes('argument "n.n.n" is 0; object is allowed'));
  assert.deepEqual(check(schema, nest(20, 0)), [refused]);
  assert.deepEqual(check(schema, { list: Array(2_000).fill(0), n: nest(20, 0) }), [refused]);
  assert.deepEqual(check(schema, { n: "what was refused leaves nothing behind" }), [
    'argument "n" is "what was refused leaves nothing behind"; object is allowed',
    'argument "n" must match a schema in anyOf',
  ]);
});

Deno.test("[G14] json schema: deep values of kinds that are told apart, and long lists, are checked", () => {
  const kind = (name: string) => ({ required: ["kind"], properties: { kind: { const: name } } });
  const schema = createTwoWays(kind("a"), kind("b"));
  const end = 'argument "n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n" is 0; object is allowed';
  const problems = check(schema, nest(20, 0, { kind: "b" }));
  assert(problems.includes(end), problems.join("\n"));
  const item = { anyOf: [{ $ref: "#/$defs/text" }, { $ref: "#/$defs/number" }] };
  const lists = {
    type: "object",
    properties: { list: { items: { $ref: "#/$defs/item" } } },
    $defs: { item, text: { type: "string" }, number: { type: "number" } },
  };
  assert.deepEqual(check(lists, { list: Array(100_000).fill(0) }), []);
});

Deno.test("each problem has the place in the value that it is about", () => {
  const compiled = compiler.compileInput({
    type: "object",
    properties: {
      "a/b": { type: "array", items: { type: "object", required: ["n"] } },
      count: { type: "integer" },
    },
    required: ["name"],
    additionalProperties: false,
  });
  assert(compiled.ok);
  const value: Json = { "a/b": [{ n: 1 }, {}], count: "x", extra: 1 };
  assert.deepEqual(compiled.locate(value).map(({ path }) => path.map(String)).sort(), [
    ["a/b", "1", "n"],
    ["count"],
    ["extra"],
    ["name"],
  ]);
  assert.deepEqual(compiled.locate(value).map(({ text }) => text), compiled.check(value));
});
