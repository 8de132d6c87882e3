import assert from "node:assert/strict";
import fc from "fast-check";
import { plainFields } from "./plain_fields.ts";

const permissions = "none";

const cycle: Record<string, unknown> = { name: "ring" };
cycle.self = cycle;

const trap = {
  get boom(): string {
    throw new Error("no");
  },
};

const cases: [string, unknown, unknown][] = [
  ["a big number", 10n ** 20n, "100000000000000000000"],
  ["not a number", NaN, "NaN"],
  ["a function", () => 1, "[function]"],
  ["bytes", new Uint8Array(3), "[3 bytes]"],
  ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["an invalid date", new Date(NaN), null],
  ["a cycle", cycle, { name: "ring", self: "[cycle]" }],
  ["a property that throws", trap, { boom: "[unreadable]" }],
  ["null", null, null],
  ["a list", [1, "a", true], [1, "a", true]],
];

for (const [what, value, expected] of cases) {
  Deno.test(`a log field: ${what}`, { permissions }, () => {
    assert.deepEqual(plainFields({ value }, []), { value: expected });
  });
}

Deno.test("an error shows its name, message, stack and cause", { permissions }, () => {
  const { error } = plainFields({ error: new TypeError("bad", { cause: new Error("deep") }) }, []);
  const shown = error as Record<string, Record<string, unknown> | string>;
  assert.equal(shown.name, "TypeError");
  assert.equal(shown.message, "bad");
  assert.match(String(shown.stack), /plain_fields_test/);
  assert.equal((shown.cause as Record<string, unknown>).message, "deep");
});

Deno.test("long texts, long lists and deep objects are cut", { permissions }, () => {
  let deep: unknown = "bottom";
  for (let level = 0; level < 50; level++) deep = { deep };
  const shown = plainFields({ text: "x".repeat(9_000), list: Array(500).fill(0), deep }, []);
  assert.match(String(shown.text), /^x{8192}… \(9000 characters\)$/);
  assert.equal((shown.list as unknown[]).length, 100);
  assert.match(JSON.stringify(shown.deep), /\[too deep\]/);
});

Deno.test("[C2] no secret is left, whatever holds it", { permissions }, () => {
  const secret = fc.stringMatching(/^[A-Z]{4,12}$/);
  fc.assert(fc.property(secret, fc.object(), (secret, rest) => {
    const holders = { text: `a${secret}b`, list: [secret], [secret]: 1, deep: { error: secret } };
    const error = new Error(`cannot use ${secret}`);
    const shown = plainFields({ ...rest, ...holders, error }, [secret]);
    assert(!JSON.stringify(shown).includes(secret));
  }));
});

Deno.test("[C2] a secret of digits does not appear as a number", { permissions }, () => {
  assert.deepEqual(plainFields({ code: 123456 }, ["123456"]), { code: "***" });
});

Deno.test("[C2] of two secrets the one inside the other leaves nothing", { permissions }, () => {
  assert.deepEqual(plainFields({ text: "abcdef" }, ["abc", "abcdef"]), { text: "***" });
});

Deno.test("anything becomes JSON", { permissions }, () => {
  fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true }), (value) => {
    assert.equal(typeof JSON.stringify(plainFields({ value }, [])), "string");
  }));
});
