import assert from "node:assert/strict";
import * as fc from "fast-check";
import { decodeUtf8, isJsonObject, kindOf, MAX_JSON_DEPTH, parseJson, showJson } from "./json.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("parsing never throws, and agrees with the platform", () => {
  const texts = fc.oneof(fc.json(), fc.string(), fc.string({ unit: "binary" }));
  fc.assert(fc.property(texts, (text) => {
    const parsed = parseJson(text);
    let expected: unknown;
    try {
      expected = JSON.parse(text);
    } catch {
      assert.equal(parsed.ok, false);
      return;
    }
    assert.deepEqual(parsed, { ok: true, value: expected });
  }));
});

test("any bytes are either parsed or refused with a reason", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const parsed = parseJson(bytes);
    if (!parsed.ok) assert.notEqual(parsed.reason, "");
  }));
});

test("[W10] what decodes as UTF-8 encodes to the very same bytes", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(`\ufeff${text}`)),
  );
  fc.assert(fc.property(bytes, (body) => {
    const text = decodeUtf8(body);
    if (text !== undefined) assert.deepEqual(new TextEncoder().encode(text), body);
  }));
});

test("[W5] nesting is allowed up to the limit and refused above it", () => {
  const nested = (depth: number) => `${'{"0":['.repeat(depth / 2)}1${"]}".repeat(depth / 2)}`;
  assert.equal(parseJson(nested(MAX_JSON_DEPTH)).ok, true);
  assert.deepEqual(parseJson(nested(MAX_JSON_DEPTH + 2)), {
    ok: false,
    reason: `nested deeper than ${MAX_JSON_DEPTH} levels`,
  });
  assert.equal(parseJson(nested(2_000_000)).ok, false);
});

test("[W5] whatever was parsed can be written again, also with indentation", () => {
  const depth = MAX_JSON_DEPTH / 2;
  for (const [open, close] of [['{"0":[', "]}"], ['[{"é":', "}]"], ['{"a":[null,', "]}"]]) {
    const parsed = parseJson(`${open!.repeat(depth)}1${close!.repeat(depth)}`);
    assert.ok(parsed.ok);
    assert.notEqual(JSON.stringify(parsed.value, null, 2), "");
  }
});

test("[W5] a number that no double holds is refused: it would be written again as null", () => {
  const reason = "a number is over 1.8e308; what a double can hold is allowed";
  const over = ["1e309", "-1E+400", "1e0999", `${"9".repeat(309)}`, `1${"0".repeat(250)}e99`];
  for (const number of over) {
    for (const text of [number, `[0,{"a":[${number}]}]`, `{"n":${number},"s":"e"}`]) {
      assert.deepEqual(parseJson(text), { ok: false, reason }, text);
    }
  }
  const within = ["1e308", "-1.7e308", "9".repeat(308), "1e-400", "0e999", `0.${"1".repeat(999)}`];
  for (const text of within) assert.deepEqual(parseJson(text), { ok: true, value: Number(text) });
  for (const text of ['"1e999"', `["${"1".repeat(999)}"]`, '{"1e999":"2e999"}']) {
    assert.deepEqual(parseJson(text), { ok: true, value: JSON.parse(text) });
  }
});

test("[W5] wherever a long number stands, its size is seen", () => {
  const before = fc.array(fc.constantFrom(1, 12345, "é", null), { maxLength: 80 });
  fc.assert(fc.property(before, fc.integer({ min: 300, max: 320 }), (values, digits) => {
    const text = JSON.stringify([values]).replace(/\]$/, `,${"7".repeat(digits)}]`);
    assert.equal(parseJson(text).ok, digits <= 308);
  }));
});

test("brackets inside strings do not nest, whatever is escaped", () => {
  const brackets = "[{".repeat(MAX_JSON_DEPTH);
  for (const text of [brackets, `\\${brackets}`, `"${brackets}"`, `${brackets}\\`]) {
    assert.deepEqual(parseJson(JSON.stringify([text, [text]])), {
      ok: true,
      value: [text, [text]],
    });
  }
});

test("the depth that is found is the depth there is", () => {
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 12 },
      fc.string(),
      fc.array(tie("node"), { maxLength: 2 }),
      fc.dictionary(fc.string(), tie("node"), { maxKeys: 2 }),
    ),
  })).node;
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;
  fc.assert(fc.property(tree, fc.integer({ min: 0, max: 8 }), (value, limit) => {
    assert.equal(parseJson(JSON.stringify(value), limit).ok, depthOf(value) <= limit);
  }));
});

test("a value is named by its kind, and shown in short", () => {
  const kinds: [unknown, string, boolean][] = [
    [undefined, "nothing", false],
    [null, "null", false],
    [[], "array", false],
    [{}, "object", true],
    ["x", "string", false],
    [1, "number", false],
    [true, "boolean", false],
  ];
  for (const [value, kind, object] of kinds) {
    assert.equal(kindOf(value), kind);
    assert.equal(isJsonObject(value), object);
  }
  assert.equal(showJson(undefined), "nothing");
  assert.equal(showJson("x".repeat(1000)).length, 101);
});
