import type { Json, JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import { createSchemaCompiler } from "../../tools/json_schema.ts";
import { changeList, parseListChange } from "./change_list.ts";
import { fillForm, type FormTexts } from "./fill_form.ts";
import { planForm } from "./form_field.ts";
import { idOf } from "./form_path.ts";
import { placeProblems } from "./place_problems.ts";
import { hasTooManyItems, readArguments } from "./read_arguments.ts";

const pure = { permissions: "none" } as const;

const schema: JsonObject = {
  type: "object",
  properties: {
    text: { type: "string", description: "what to read" },
    code: { type: "string", pattern: "^[a-z]+$", minLength: 2 },
    count: { type: "integer", default: 5, minimum: 1 },
    ratio: { type: "number" },
    fast: { type: "boolean" },
    mode: { enum: ["fast", 2, null] },
    tags: { type: "array", items: { type: "string" } },
    pages: {
      type: "array",
      items: { type: "object", properties: { "a/b~": { type: "integer" } }, required: ["a/b~"] },
    },
    opts: {
      type: "object",
      properties: { temperature: { type: "number", default: 0.7 }, deep: { type: "object" } },
      additionalProperties: false,
    },
    either: { anyOf: [{ type: "string" }, { type: "integer" }] },
  },
  required: ["text"],
  additionalProperties: true,
};

const form = planForm(schema);

const texts = (entries: Readonly<Record<string, string>>): FormTexts =>
  new Map(Object.entries(entries));

Deno.test(
  "a form asks for each kind of value in its own way, and for the rest in JSON",
  pure,
  () => {
    assert.deepEqual(form.members.map(({ name, field }) => [name, field.kind]), [
      ["text", "text"],
      ["code", "text"],
      ["count", "number"],
      ["ratio", "number"],
      ["fast", "choice"],
      ["mode", "choice"],
      ["tags", "list"],
      ["pages", "list"],
      ["opts", "object"],
      ["either", "json"],
    ]);
    const hints = form.members.map(({ field }) => field.hints);
    assert.deepEqual(hints[1], ["matches ^[a-z]+$", "at least 2 characters"]);
    assert.deepEqual(form.members.map(({ isRequired }) => isRequired).indexOf(true), 0);
    assert(form.takesFurther);
    const deep: JsonObject = { type: "object", properties: {} };
    deep.properties = { deep };
    assert(JSON.stringify(planForm(deep)).length < 1_000, "a form has an end");
  },
);

const rows: readonly { name: string; given: Record<string, string>; read: JsonObject }[] = [
  { name: "what is empty is left out", given: { "/text": "", "/count": "" }, read: {} },
  { name: "lines end as people end them", given: { "/text": "a\r\nb" }, read: { text: "a\nb" } },
  {
    name: "numbers, and what is none",
    given: { "/count": " 7 ", "/ratio": "1,5" },
    read: { count: 7, ratio: "1,5" },
  },
  {
    name: "one of some values, of any type",
    given: { "/mode": "null", "/fast": "false" },
    read: { mode: null, fast: false },
  },
  { name: "what is none of them", given: { "/mode": '"slow"' }, read: { mode: '"slow"' } },
  {
    name: "items, without empty ones",
    given: { "#/tags": "3", "/tags/0": "a", "/tags/2": "c", "/tags/3": "beyond" },
    read: { tags: ["a", "c"] },
  },
  {
    name: "objects in a list",
    given: { "#/pages": "1", "/pages/0/a~1b~0": "3" },
    read: { pages: [{ "a/b~": 3 }] },
  },
  {
    name: "JSON, and more than the schema names",
    given: { "/either": '"x"', "+": '{"further": [1], "__proto__": 2}' },
    read: JSON.parse('{"further": [1], "__proto__": 2, "either": "x"}'),
  },
];

for (const { name, given, read } of rows) {
  Deno.test(`a form is read: ${name}`, pure, () => {
    const { arguments: args, problems } = readArguments(form, texts(given));
    assert.deepEqual(args, read);
    assert.deepEqual(problems, []);
  });
}

Deno.test("what is no JSON is told beside its field", pure, () => {
  const { problems } = readArguments(form, texts({ "/either": "{", "+": "[]", "/opts/deep": "!" }));
  assert.deepEqual(problems.map(({ path }) => path), ["/opts/deep", "/either", "+"]);
});

Deno.test("a form shows a value such that reading it gives the same value", pure, () => {
  const values: JsonObject[] = [
    { text: "a\nb", count: 1, ratio: 0.5, fast: true, mode: "fast", either: [{}], more: { x: 1 } },
    { tags: ["", "x"].slice(1), pages: [{ "a/b~": 1 }, { "a/b~": 2 }], opts: { temperature: 1 } },
  ];
  for (const value of values) {
    const again = readArguments(form, fillForm(form, value)).arguments;
    // Members with a default come back with it.
    assert.deepEqual(again, { count: 5, opts: { temperature: 0.7 }, ...value });
  }
  assert.deepEqual([...fillForm(form)], [
    ["/count", "5"],
    ["#/tags", "0"],
    ["#/pages", "0"],
    ["/opts/temperature", "0.7"],
  ]);
});

Deno.test("[G7] what is wrong with an argument is told beside its field", pure, () => {
  const compiled = createSchemaCompiler().compileInput(schema);
  assert(compiled.ok);
  const given = texts({
    "/count": "0",
    "#/pages": "3",
    "/pages/0/a~1b~0": "",
    "/pages/1/a~1b~0": "x",
    "/opts/temperature": "warm",
  });
  const read = readArguments(form, given);
  const placed = placeProblems(compiled.locate(read.arguments as Json), read.places);
  assert.deepEqual(placed.map(({ path }) => path).sort(), [
    "/count",
    "/opts/temperature",
    // The first row is empty, so that what is wrong with the first page is in the second one.
    "/pages/1/a~1b~0",
    "/text",
  ]);
});

Deno.test("a list grows and shrinks, and keeps what was typed", pure, () => {
  const given = texts({
    "#/tags": "3",
    "/tags/0": "a",
    "/tags/1": "b",
    "/tags/2": "c",
    "/text": "t",
  });
  const changed = (button: string) => {
    const change = parseListChange(button);
    assert(change);
    return Object.fromEntries(changeList(given, change));
  };
  assert.equal(changed("add /tags")["#/tags"], "4");
  assert.deepEqual(changed("remove 1 /tags"), {
    "#/tags": "2",
    "/tags/0": "a",
    "/tags/1": "c",
    "/text": "t",
  });
  assert.deepEqual(changed("remove 9 /tags"), Object.fromEntries(given));
  for (const none of ["", "add tags", "remove /tags", "remove 1 tags", "clear /tags"]) {
    assert.equal(parseListChange(none), undefined);
  }
});

Deno.test("[G14] a form of few bytes does not stand for any number of inputs", pure, () => {
  const counts = (many: number) =>
    texts(Object.fromEntries(Array.from({ length: many }, (_, at) => [`#/tags/${at}`, "100"])));
  assert.equal(hasTooManyItems(counts(10)), false);
  assert.equal(hasTooManyItems(counts(11)), true);
});

Deno.test("every path has an id of its own, with nothing strange in it", pure, () => {
  const paths = ["", "/a", "/a_b", "/a/b", "/a~1b", "/A", "#/a", "+/a", "/ü", '/"><script>', "/ "];
  const ids = paths.map(idOf);
  assert.equal(new Set(ids).size, paths.length);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]+$/);
});
