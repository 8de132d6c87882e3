import assert from "node:assert/strict";
import { nearestName } from "./nearest_name.ts";

const permissions = "none";
const known = ["QUEUE_NAME", "SOCKET_PATH", "SQLITE_PATH", "RUNTIME_TIMEOUT"];

const cases: [string, string, string | undefined][] = [
  ["a missing letter", "QUEUE_NAM", "QUEUE_NAME"],
  ["swapped letters", "QUEUE_NAEM", "QUEUE_NAME"],
  ["a wrong letter", "SQLITE_PETH", "SQLITE_PATH"],
  ["a forgotten word boundary", "RUNTIMETIMEOUT", "RUNTIME_TIMEOUT"],
  ["nothing near", "COLOUR", undefined],
  ["an empty name", "", undefined],
];

for (const [what, name, expected] of cases) {
  Deno.test(`nearest name: ${what}`, { permissions }, () => {
    assert.equal(nearestName(name, known), expected);
  });
}

Deno.test("a swap of neighbours is one step, not two", { permissions }, () => {
  assert.equal(nearestName("abdc", ["abcd", "abxx"]), "abcd");
});
