import assert from "node:assert/strict";
import type { JsonObject, KubeObject } from "../kube_object.ts";
import { StatusError } from "../status_error.ts";
import { createSchemaJudge } from "./create_schema_judge.ts";
import type { JsonSchema } from "./json_schema.ts";
import { widgetCrd } from "./widget_crd.ts";

/** What is thought of objects whose `spec` has a schema. */
function judgeOf(spec: JsonSchema, root: JsonSchema = {}) {
  const crd = widgetCrd({ type: "object", ...root, properties: { spec } });
  return createSchemaJudge(crd, "v1");
}

function widget(spec: unknown): KubeObject {
  return { apiVersion: "example.io/v1", kind: "Widget", metadata: { name: "w" }, spec };
}

/** What is said of a field `x`, as `REASON FIELD: MESSAGE`. */
function causesOf(x: JsonSchema, value: unknown, old?: unknown): string[] {
  const judge = judgeOf({ type: "object", properties: { x } });
  const before = old === undefined ? undefined : widget({ x: old });
  const { object } = judge.decode(widget({ x: value }), "Ignore");
  return judge.validate(object, before, "")
    .map(({ reason, field, message }) => `${reason} ${field}: ${message}`);
}

const text: JsonSchema = { type: "string" };
const number: JsonSchema = { type: "integer" };

Deno.test("[S5] defaults are filled in, from the outside in", { permissions: "none" }, () => {
  const judge = judgeOf({
    type: "object",
    default: {},
    properties: {
      a: { type: "object", default: {}, properties: { b: { ...number, default: 3 } } },
      off: { type: "boolean", default: true },
      list: {
        type: "array",
        items: { type: "object", properties: { c: { ...text, default: "d" } } },
      },
      none: { type: "object", properties: { b: { ...number, default: 3 } } },
      free: { ...text, nullable: true },
    },
  });
  const cases: [unknown, unknown][] = [
    [undefined, { a: { b: 3 }, off: true }],
    [{ a: { b: 4 }, off: false }, { a: { b: 4 }, off: false }],
    [{ list: [{}, { c: "e" }] }, { a: { b: 3 }, off: true, list: [{ c: "d" }, { c: "e" }] }],
    [{ none: {} }, { a: { b: 3 }, off: true, none: { b: 3 } }],
    [{ off: null, none: null, free: null }, { a: { b: 3 }, off: true, free: null }],
  ];
  for (const [said, filled] of cases) {
    const body = said === undefined ? { ...widget({}), spec: undefined } : widget(said);
    const { object } = judge.decode(JSON.parse(JSON.stringify(body)), "Ignore");
    assert.deepEqual(object.spec, filled, JSON.stringify(said));
  }
});

Deno.test("[S5] unknown fields go, unless the schema keeps them", { permissions: "none" }, () => {
  const judge = judgeOf({
    type: "object",
    properties: {
      free: {
        type: "object",
        "x-kubernetes-preserve-unknown-fields": true,
        properties: { a: text },
      },
      pod: { type: "object", "x-kubernetes-embedded-resource": true, properties: {} },
      map: { type: "object", additionalProperties: { type: "object", properties: { a: text } } },
      list: { type: "array", items: { type: "object", properties: { a: text } } },
    },
  });
  const said = {
    free: { a: "1", b: { c: 1 } },
    pod: { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: {} },
    map: { k: { a: "1", b: 1 } },
    list: [{ a: "1" }, { b: 1 }],
    bogus: 1,
  };
  const body = widget(said);
  const { object, warnings } = judge.decode(
    { ...body, metadata: { ...body.metadata, labels: {}, bogus: 1 } as KubeObject["metadata"] },
    "Warn",
  );
  assert.deepEqual(object.metadata, { name: "w" });
  assert.deepEqual(object.spec, {
    free: said.free,
    pod: { apiVersion: "v1", kind: "Pod", metadata: { name: "p" } },
    map: { k: { a: "1" } },
    list: [{ a: "1" }, {}],
  });
  const paths = ["metadata.bogus", "spec.bogus", "spec.list[1].b", "spec.map.k.b", "spec.pod.spec"];
  assert.deepEqual(warnings, paths.map((path) => `unknown field "${path}"`));
  assert.throws(
    () => judge.decode(widget({ bogus: 1 }), "Strict"),
    (error) =>
      error instanceof StatusError && error.code === 400 &&
      error.message === 'Widget in version "v1" cannot be handled as a Widget: ' +
          'strict decoding error: unknown field "spec.bogus"',
  );
});

Deno.test("[S5] what is wrong with a value is told in the server's words", {
  permissions: "none",
}, () => {
  const cases: [JsonSchema, unknown, ...string[]][] = [
    [
      number,
      "a",
      'TypeInvalid: Invalid value: "string": spec.x in body must be of type integer: "string"',
    ],
    [
      text,
      1,
      'TypeInvalid: Invalid value: "integer": spec.x in body must be of type string: "integer"',
    ],
    [{ type: "number" }, 1],
    [{ "x-kubernetes-int-or-string": true }, "1"],
    [{ "x-kubernetes-int-or-string": true }, 1],
    [{ ...text, nullable: true }, null],
    [
      { ...text, minLength: 2 },
      "a",
      'Invalid: Invalid value: "a": spec.x in body should be at least 2 chars long',
    ],
    [{ ...text, maxLength: 1 }, "ab", "TooLong: Too long: may not be more than 1 bytes"],
    [
      { ...text, pattern: "^a+$" },
      "b",
      "Invalid: Invalid value: \"b\": spec.x in body should match '^a+$'",
    ],
    [
      { ...text, enum: ["a", "b"] },
      "c",
      'NotSupported: Unsupported value: "c": supported values: "a", "b"',
    ],
    [
      { ...text, format: "date-time" },
      "soon",
      'TypeInvalid: Invalid value: "soon": spec.x in body must be of type date-time: "soon"',
    ],
    [{ ...text, format: "date-time" }, "2026-01-01T00:00:00Z"],
    [{ ...text, format: "nothing known" }, "a"],
    [
      { ...number, minimum: 1 },
      0,
      "Invalid: Invalid value: 0: spec.x in body should be greater than or equal to 1",
    ],
    [
      { ...number, maximum: 1 },
      2,
      "Invalid: Invalid value: 2: spec.x in body should be less than or equal to 1",
    ],
    [
      { ...number, multipleOf: 2 },
      3,
      "Invalid: Invalid value: 3: spec.x in body should be a multiple of 2",
    ],
    [
      { type: "array", items: text, minItems: 1 },
      [],
      "Invalid: Invalid value: 0: spec.x in body should have at least 1 items",
    ],
    [
      { type: "array", items: text, maxItems: 1 },
      ["a", "b"],
      "TooMany: Too many: 2: must have at most 1 items",
    ],
    [
      { type: "object", additionalProperties: text, maxProperties: 0 },
      { a: "1" },
      "TooMany: Too many: 1: must have at most 0 items",
    ],
  ];
  for (const [schema, value, ...said] of cases) {
    const expected = said.map((one) => one.replace(/^(\w+): /, "FieldValue$1 spec.x: "));
    assert.deepEqual(causesOf(schema, value), expected, JSON.stringify([schema, value]));
  }
  const item: JsonSchema = { type: "object", required: ["name"], properties: { name: text } };
  assert.deepEqual(causesOf({ type: "array", items: item }, [{}]), [
    "FieldValueRequired spec.x[0].name: Required value",
  ]);
  const keyed: JsonSchema = {
    type: "array",
    items: item,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
  };
  assert.deepEqual(causesOf(keyed, [{ name: "a" }, { name: "a" }]), [
    'FieldValueDuplicate spec.x[1]: Duplicate value: {"name":"a"}',
  ]);
  const set: JsonSchema = { type: "array", items: text, "x-kubernetes-list-type": "set" };
  assert.deepEqual(causesOf(set, ["a", "b", "a"]), [
    'FieldValueDuplicate spec.x[2]: Duplicate value: "a"',
  ]);
});

Deno.test("[S5] what was wrong before may stay as it is", { permissions: "none" }, () => {
  const tight: JsonSchema = { ...text, maxLength: 1 };
  assert.equal(causesOf(tight, "long", "long").length, 0);
  assert.equal(causesOf(tight, "longer", "long").length, 1);
  const ruled: JsonSchema = { ...number, "x-kubernetes-validations": [{ rule: "self > 5" }] };
  assert.equal(causesOf(ruled, 1, 1).length, 0);
  assert.equal(causesOf(ruled, 2, 1).length, 1);
});

Deno.test("[S6] rules refuse what they are against, in their words", {
  permissions: "none",
}, () => {
  const rule = (schema: JsonSchema, rule: string, more: JsonObject = {}): JsonSchema => ({
    ...schema,
    "x-kubernetes-validations": [{ rule, ...more }],
  });
  const size = { type: "object", properties: { min: number, "max-size": number, if: text } };
  const cases: [JsonSchema, unknown, string | undefined][] = [
    [rule(number, "self > 1"), 1, "FieldValueInvalid spec.x: Invalid value: failed rule: self > 1"],
    [
      rule(number, "self > 1", { message: "too small" }),
      1,
      "FieldValueInvalid spec.x: Invalid value: too small",
    ],
    [
      rule(number, "self > 1", { messageExpression: "'is ' + string(self)" }),
      1,
      "FieldValueInvalid spec.x: Invalid value: is 1",
    ],
    [
      rule(number, "self > 1", { message: "no", reason: "FieldValueForbidden" }),
      1,
      "FieldValueForbidden spec.x: Forbidden: no",
    ],
    [
      rule(size, "self.min <= self.max__dash__size", { message: "no", fieldPath: ".min" }),
      { min: 2, "max-size": 1 },
      "FieldValueInvalid spec.x.min: Invalid value: no",
    ],
    [rule(size, "!has(self.__if__) || self.__if__ == 'a'"), { if: "a" }, undefined],
    [
      rule(size, "self.min > 1", { message: "no" }),
      {},
      "FieldValueInvalid spec.x: Invalid value: No such key: min evaluating rule: no",
    ],
    [
      rule({ type: "array", items: text }, "self.all(one, one.matches('^a'))"),
      ["a", "ab"],
      undefined,
    ],
    [rule({ type: "object", additionalProperties: number }, "self.all(key, self[key] > 0)"), {
      a: 1,
    }, undefined],
    [rule({ type: "number" }, "self > 1.5"), 2, undefined],
  ];
  for (const [schema, value, said] of cases) {
    assert.deepEqual(causesOf(schema, value), said ? [said] : [], JSON.stringify(schema));
  }
});

Deno.test("[S6] rules on what an object may become need one that was", {
  permissions: "none",
}, () => {
  const fixed = (more: JsonObject = {}): JsonSchema => ({
    ...number,
    "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "fixed", ...more }],
  });
  assert.equal(causesOf(fixed(), 1).length, 0);
  assert.equal(causesOf(fixed(), 1, 1).length, 0);
  assert.equal(causesOf(fixed(), 2, 1).length, 1);
  const optional = fixed({ rule: "oldSelf.orValue(1) == self", optionalOldSelf: true });
  assert.equal(causesOf(optional, 2).length, 1);
  assert.equal(causesOf(optional, 1).length, 0);
});

Deno.test("[S6] rules see the object's name, and wait until the types are right", {
  permissions: "none",
}, () => {
  const judge = judgeOf({ type: "object", properties: { x: number } }, {
    "x-kubernetes-validations": [{ rule: "self.metadata.name != 'w'", message: "not w" }],
  });
  assert.deepEqual(judge.validate(widget({}), undefined, ""), [
    { reason: "FieldValueInvalid", message: "Invalid value: not w", field: "<nil>" },
  ]);
  const messages = judge.validate(widget({ x: "a" }), undefined, "").map(({ message }) => message);
  assert.deepEqual(messages, [
    'Invalid value: "string": spec.x in body must be of type integer: "string"',
    "Invalid value: null: some validation rules were not checked because the object was invalid; " +
    "correct the existing errors to complete validation",
  ]);
});
