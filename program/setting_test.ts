import assert from "node:assert/strict";
import {
  address,
  boolean,
  bytes,
  choice,
  duration,
  integer,
  json,
  list,
  octal,
  type Parsed,
  retired,
  type Setting,
  text,
  url,
} from "./setting.ts";

const permissions = "none";
const named = { env: "ASYA_X", doc: "an example" };

function even(value: unknown): Parsed<number> {
  if (typeof value === "number" && value % 2 === 0) return { ok: true, value };
  return { ok: false, problem: "it is not an even number" };
}

const refused = Symbol("refused");

const cases: [string, Setting<unknown>, string, unknown][] = [
  ["text", text(named), "a b", "a b"],
  ["text that matches", text({ ...named, pattern: /^[a-z]+$/ }), "abc", "abc"],
  ["text that does not match", text({ ...named, pattern: /^[a-z]+$/ }), "ABC", refused],
  ["an integer", integer({ ...named, min: 1, max: 65_535 }), "65535", 65_535],
  ["an integer over its range", integer({ ...named, min: 1, max: 65_535 }), "65536", refused],
  ["an integer under its range", integer({ ...named, min: 1 }), "0", refused],
  ["a fraction as an integer", integer(named), "1.5", refused],
  ["an integer too large to be exact", integer(named), "9007199254740993", refused],
  ["a negative integer", integer(named), "-3", -3],
  ["a duration", duration(named), "5m", 300_000],
  ["a duration under its range", duration({ ...named, min: 1_000 }), "500ms", refused],
  ["a size", bytes(named), "64KiB", 65_536],
  ["a size over its range", bytes({ ...named, max: 1_024 }), "2KiB", refused],
  ["YES", boolean(named), "YES", true],
  ["off", boolean(named), "off", false],
  ["maybe", boolean(named), "maybe", refused],
  ["a mode with 0o", octal(named), "0o660", 0o660],
  ["a mode without 0o", octal(named), "660", 0o660],
  ["a mode with a leading 0", octal(named), "0640", 0o640],
  ["an empty mode", octal(named), "", undefined],
  ["a mode with an 8", octal(named), "680", refused],
  ["a choice in another case", choice({ ...named, choices: ["INFO", "WARN"] }), "warn", "WARN"],
  ["a word that is no choice", choice({ ...named, choices: ["INFO"] }), "LOUD", refused],
  ["a URL", url({ ...named, protocols: ["https:"] }), "https://a.b/c", "https://a.b/c"],
  ["a URL of another scheme", url({ ...named, protocols: ["https"] }), "http://a.b", refused],
  [
    "a URL without a host",
    url({ ...named, protocols: ["sqlite", "memory"] }),
    "memory:",
    "memory:",
  ],
  ["no URL", url({ ...named, protocols: ["https"] }), "a.b", refused],
  ["an address", address(named), ":8080", ":8080"],
  ["no address", address(named), "8080", refused],
  ["a list", list(named), " a, b ,,c ", ["a", "b", "c"]],
  ["a list with a bad item", list({ ...named, pattern: /^[a-z]$/ }), "a,B", refused],
  ["JSON", json({ ...named, parse: even }), "4", 4],
  ["JSON of a wrong shape", json({ ...named, parse: even }), "5", refused],
  ["no JSON", json({ ...named, parse: even }), "{", refused],
];

for (const [what, setting, input, expected] of cases) {
  Deno.test(`setting: ${what}`, { permissions }, () => {
    const parsed = setting.parse(input);
    assert.deepEqual(parsed.ok ? parsed.value : refused, expected);
  });
}

Deno.test("the allowed values are said in words, with the range", { permissions }, () => {
  assert.equal(integer({ ...named, min: 1, max: 9 }).allowed, "a whole number, 1 to 9");
  assert.match(duration({ ...named, min: 1_000 }).allowed, /, 1s or more$/);
  assert.match(bytes({ ...named, max: 65_536 }).allowed, /, 64KiB or less$/);
  assert.equal(
    url({ ...named, protocols: ["amqp", "amqps:"] }).allowed,
    "a URL that begins with amqp: or amqps:",
  );
});

Deno.test("a default or required makes the value certain, in types too", { permissions }, () => {
  const certain: Setting<string> = text({ ...named, required: true });
  const chosen: Setting<"a" | "b"> = choice({ ...named, choices: ["a", "b"], default: "a" });
  // @ts-expect-error: without a default the value may be missing
  const uncertain: Setting<number> = integer(named);
  // @ts-expect-error: not one of the choices
  const wrongDefault = choice({ ...named, choices: ["a", "b"], default: "c" });
  assert.equal(certain.required, true);
  assert.equal(chosen.defaultText, "a");
  assert.equal(uncertain.defaultText, undefined);
  assert.equal(wrongDefault.defaultText, "c");
});

Deno.test("a retired setting takes anything", { permissions }, () => {
  assert.deepEqual(retired(named).parse("whatever"), { ok: true, value: undefined });
});
