import assert from "node:assert/strict";
import { checkCrd } from "./check_crd.ts";
import type { JsonSchema } from "./json_schema.ts";
import { widgetCrd } from "./widget_crd.ts";

/** What is said of a definition whose `spec.x` has a schema, as `FIELD: MESSAGE`. */
function causesOf(x: JsonSchema, root: JsonSchema = { type: "object" }): string[] {
  const properties = { spec: { type: "object", properties: { x } } };
  const crd = widgetCrd({ ...root, properties });
  return checkCrd(crd).map(({ field, message }) => `${field}: ${message}`);
}

const AT = "spec.validation.openAPIV3Schema";
const X = `${AT}.properties[spec].properties[x]`;
const text: JsonSchema = { type: "string" };
const names = (max?: number): JsonSchema => ({
  type: "array",
  ...(max && { maxItems: max }),
  items: { ...text, maxLength: 63 },
});

Deno.test("[S7] a schema that is not structural is refused", { permissions: "none" }, () => {
  const cases: [JsonSchema, ...string[]][] = [
    [text],
    [{}, `${X}.type: Required value: must not be empty for specified object fields`],
    [{ "x-kubernetes-preserve-unknown-fields": true }],
    [{ type: "array" }, `${X}.items: Required value: must be specified`],
    [
      { type: "array", items: {} },
      `${X}.items.type: Required value: must not be empty for specified array items`,
    ],
    [
      { type: "object", properties: {}, additionalProperties: text },
      `${X}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
    [
      { ...text, default: 1 },
      `${X}.default: Invalid value: "integer":  in body must be of type string: "integer"`,
    ],
    [
      { type: "object", properties: { a: text }, default: { b: 1 } },
      `${X}.default: Invalid value: {"b":1}: must not have unknown fields`,
    ],
    [
      { ...text, pattern: "(?=a)" },
      `${X}.pattern: Invalid value: "(?=a)": must be a valid regular expression, but isn't`,
    ],
    [
      { type: "array", items: { type: "object", properties: {} }, "x-kubernetes-list-type": "map" },
      `${X}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ],
    [
      {
        type: "array",
        items: { type: "object", properties: { name: text } },
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      },
      `${X}.items.properties[name].default: Required value: this property is in ` +
      "x-kubernetes-list-map-keys, so it must have a default or be a required property",
    ],
    [
      {
        type: "object",
        properties: { a: text },
        anyOf: [{ properties: { a: { type: "string" } } }],
      },
      `${X}.anyOf[0].properties[a].type: Forbidden: must be empty to be structural`,
    ],
  ];
  for (const [schema, ...said] of cases) {
    assert.deepEqual(causesOf(schema), said, JSON.stringify(schema));
  }
  assert.deepEqual(causesOf(text, {}), [
    `${AT}.type: Required value: must not be empty at the root`,
  ]);
});

Deno.test("[S7] a rule that does not compile is refused", { permissions: "none" }, () => {
  const rule = (rule: string, schema: JsonSchema): string[] =>
    causesOf({ ...schema, "x-kubernetes-validations": [{ rule }] });
  const object: JsonSchema = { type: "object", properties: { a: text } };
  const cases: [string, JsonSchema, RegExp | undefined][] = [
    ["self.a == 'b'", object, undefined],
    ["self.b == 'b'", object, /compilation failed: ERROR: No such key: b$/],
    ["self.a", object, /compilation failed: must evaluate to a bool$/],
    ["self.a == 1", object, /compilation failed: ERROR: no such overload: string == int$/],
    ["self.a ==", object, /compilation failed/],
    ["", object, /Required value: rule is not specified$/],
    ["self == oldSelf", object, undefined],
  ];
  for (const [text, schema, said] of cases) {
    const causes = rule(text, schema);
    assert.equal(causes.length, said ? 1 : 0, `${text}: ${causes}`);
    if (said) assert.match(causes[0] ?? "", said);
  }
  const list = {
    type: "array",
    items: { ...object, "x-kubernetes-validations": [{ rule: "self == oldSelf" }] },
  };
  assert.match(causesOf(list)[0] ?? "", /oldSelf cannot be used on the uncorrelatable portion/);
});

Deno.test("[S7] a rule that could cost too much is refused", { permissions: "none" }, () => {
  const all = (body: string) => `self.all(one, ${body})`;
  const nested = all("self.exists_one(other, other == one)");
  const cases: [JsonSchema, string, RegExp | undefined][] = [
    [names(10), nested, undefined],
    [names(100), nested, undefined],
    [names(), nested, /exceeds budget by factor of more than 100x \(try simplifying the rule/],
    [
      { type: "array", items: text },
      all("one.matches('^[a-z]+$')"),
      /estimated rule cost exceeds budget by factor of/,
    ],
    [names(100), all("one.matches('^[a-z]+$')"), undefined],
    [text, "self.matches('^[a-z]+$')", undefined],
  ];
  for (const [schema, rule, said] of cases) {
    const causes = causesOf({ ...schema, "x-kubernetes-validations": [{ rule }] });
    assert.equal(
      causes.length > 0,
      said !== undefined,
      `${rule} ${JSON.stringify(schema)}: ${causes}`,
    );
    if (said) assert.match(causes[0] ?? "", said);
  }
});

Deno.test("[S7] what a rule could cost is estimated as the server does it", {
  permissions: "none",
}, () => {
  // Four looks at two steps each, and two negations, for each item that fits into a request.
  const rule = "(has(self.a) && !has(self.b)) || (!has(self.a) && has(self.b))";
  const either: JsonSchema = {
    type: "object",
    properties: { a: text, b: text },
    "x-kubernetes-validations": [{ rule }],
  };
  assert.deepEqual(causesOf({ type: "array", items: either }), [
    `${X}.items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget ` +
    "by factor of 1.048576x (try simplifying the rule, or adding maxItems, maxProperties, and " +
    "maxLength where arrays, maps, and strings are declared)",
  ]);
  assert.deepEqual(causesOf({ type: "array", items: either, maxItems: 1000 }), []);
});
