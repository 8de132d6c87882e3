import assert from "node:assert/strict";
import { toJsonText } from "./json_text.ts";

const cycle: Record<string, unknown> = { name: "c" };
cycle.self = { again: [cycle] };

const refused: readonly [name: string, value: unknown, problem: RegExp][] = [
  ["a BigInt", { a: [{ b: 1n }] }, /^x\.a\[0\]\.b is a BigInt, which JSON cannot carry$/],
  ["a cycle", cycle, /^x\.self\.again\[0\].*holds itself, or is nested deeper than 1000 levels$/],
  ["NaN", { mean: NaN }, /^x\.mean is NaN/],
  ["Infinity", [Infinity], /^x\[0\] is Infinity/],
  ["a hole in an array", { a: [1, , 3] }, /^x\.a\[1\] is undefined$/],
  ["a function in an array", { a: [() => 1] }, /^x\.a\[0\] is a function$/],
  ["a Map", { a: new Map() }, /^x\.a is a Map/],
  ["a Set", { a: new Set() }, /^x\.a is a Set/],
  ["a promise", { a: Promise.resolve() }, /^x\.a is a Promise/],
  ["an error", { a: new TypeError("no") }, /^x\.a is a Error/],
  ["bytes", { a: new Uint8Array(2) }, /^x\.a is a Uint8Array/],
  ["an odd key", { "a b": 1n }, /^x\["a b"\] is a BigInt/],
  [
    "a toJSON that throws",
    { toJSON: () => assert.fail("sorry") },
    /cannot be written as JSON: sorry/,
  ],
];

for (const [name, value, problem] of refused) {
  Deno.test(`[R8] ${name} is refused by its place`, { permissions: "none" }, () => {
    const json = toJsonText(value, "x");
    assert.match(json.ok ? json.text : json.problem, problem);
    assert.equal(json.ok, false);
  });
}

class Point {
  readonly #secret = 1;
  x = this.#secret;
  move = () => {};
}

const written: readonly [name: string, value: unknown, text: string][] = [
  ["plain values", { a: [1, "ü", null, true, -0.5] }, '{"a":[1,"ü",null,true,-0.5]}'],
  ["optional properties", { a: undefined, b: () => 1, c: 1 }, '{"c":1}'],
  ["an instance of a class", new Point(), '{"x":1}'],
  ["a date", { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ["the same object twice", [cycle.name, cycle.name], '["c","c"]'],
  ["a lone surrogate", { a: "\ud800" }, '{"a":"\\ud800"}'],
];

for (const [name, value, text] of written) {
  Deno.test(`[R8] ${name} is written`, { permissions: "none" }, () => {
    assert.deepEqual(toJsonText(value, "x"), { ok: true, text });
  });
}
