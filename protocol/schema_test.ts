import assert from "node:assert/strict";
import {
  anyObject,
  anything,
  choice,
  convert,
  count,
  list,
  number,
  object,
  optional,
  optionalOrNull,
  optionalText,
  readWith,
  type Schema,
  text,
} from "./mod.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `schema: ${name}`, permissions: "none", fn });
}

const leaves: [what: string, schema: Schema<unknown>, taken: unknown[], refused: unknown[]][] = [
  ["text", text("t"), ["a", "\u0000", "\ud800"], ["", 1, null, undefined, {}]],
  ["any text", text("t", { minLength: 0 }), ["", "a"], [1, null]],
  ["short text", text("t", { maxLength: 2 }), ["ab", "😀😀"], ["abc", "😀😀😀"]],
  ["pattern", text("t", { pattern: "^[a-z]+$" }), ["abc"], ["a1", "", "a\n"]],
  ["accepts", text("t", { accepts: (t) => t !== "no" }), ["yes"], ["no"]],
  ["optional text", optionalText("t"), ["", "a", null, undefined], [1, [], false]],
  ["count", count(1, "c"), [1, 2 ** 53 - 1, 1.0], [0, -1, 1.5, "1", null, NaN, 2 ** 53]],
  ["count to 5", count(0, "c", 5), [0, 5, -0], [6]],
  ["number", number(0, 1, "n"), [0, 0.5, 1], [-0.1, 1.1, "0", null, NaN]],
  ["choice", choice(["a", "b"], "c"), ["a", "b"], ["c", "A", "", 1, ["a"]]],
  ["optional choice", optional(choice(["a"], "c")), ["a", undefined], ["b", null]],
  ["choice or null", optionalOrNull(choice(["a"], "c")), ["a", null, undefined], ["b", ""]],
  ["anything", anything("x"), [null, undefined, 1, [], {}], []],
  ["any object", anyObject("o"), [{}, { a: 1 }], [[], null, "x", undefined]],
  ["list", list(text("t"), "l"), [[], ["a"]], [[1], ["a", ""], {}, null]],
  ["list of some", list(text("t"), "l", { minItems: 1 }), [["a"]], [[]]],
  ["list of few", list(text("t"), "l", { maxItems: 1 }), [[], ["a"]], [["a", "b"]]],
  ["object", object({ aB: count(0, "c") }), [{ a_b: 1 }, { a_b: 1, x: 2 }], [{}, { aB: 1 }, []]],
  ["closed", object({ a: anything("x") }, { isClosed: true }), [{}, { a: 1 }], [{ b: 1 }]],
];

for (const [what, schema, taken, refused] of leaves) {
  test(`${what}: takes what it takes, and says what it does not`, () => {
    for (const value of taken) assert.equal(readWith(schema, value, "it").ok, true, String(value));
    for (const value of refused) {
      const read = readWith(schema, value, "it");
      assert(!read.ok, String(value));
      assert.match(read.problems.join(), / is .+; .+ is allowed$/);
    }
  });
}

test("a list as large as a body may be is told a hundred of its problems", () => {
  const read = readWith(list(text("t"), "l"), Array(1_000_000).fill(1), "it");
  assert(!read.ok);
  assert.equal(read.problems.length, 100);
  assert.equal(read.problems.at(-1), "it[99] is 1; a non-empty text is allowed");
});

test("every problem is told, by the names that JSON has", () => {
  const schema = object({
    jobId: text("id"),
    steps: list(count(0, "n"), "l"),
    metadata: object({ s3Uri: text("uri") }),
  });
  const read = readWith(schema, { steps: [0, -1, "2"], metadata: {} }, "the body");
  assert.deepEqual(read, {
    ok: false,
    problems: [
      "job_id is nothing; a non-empty text is allowed",
      "steps[1] is -1; a whole number from 0 is allowed",
      'steps[2] is "2"; a whole number from 0 is allowed',
      "s3_uri is nothing; a non-empty text is allowed",
    ],
  });
});

test("what an object inherits is not given", () => {
  const schema = object({ toString: anything("x"), constructor: anything("y") });
  assert.deepEqual(readWith(schema, {}, "it"), { ok: true, value: {} });
  const closed = object({ a: anything("x") }, { isClosed: true });
  assert.equal(readWith(closed, JSON.parse('{"__proto__":1}'), "it").ok, false);
});

test("a conversion keeps what is taken, and whether it may be missing", () => {
  const size = convert(optional(text("t")), (value) => value?.length ?? 0);
  const schema = object({ size, other: convert(text("t"), Number) });
  assert.deepEqual(readWith(schema, { other: "7" }, "it"), {
    ok: true,
    value: { size: 0, other: 7 },
  });
  assert.deepEqual(schema.json.required, ["other"]);
});
