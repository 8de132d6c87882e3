import assert from "node:assert/strict";
import type { InstanceExit } from "@asya/protocol/session";
import { addExit, encodeExits, EXITS_BYTES, MAX_EXITS, parseExits } from "./exits.ts";

function exit(instance: string, culprits?: number[]): InstanceExit {
  return {
    instance,
    reason: "oom",
    code: 137,
    at: "2026-01-01T00:00:00Z",
    ...(culprits && { culprits }),
  };
}

Deno.test("the newest ends are remembered, the oldest forgotten", { permissions: "none" }, () => {
  let exits: readonly InstanceExit[] = [];
  for (let number = 0; number < 100; number++) exits = addExit(exits, exit(`i${number}`));
  assert.deepEqual(
    exits.map(({ instance }) => instance),
    Array.from({ length: MAX_EXITS }, (_, i) => `i${100 - MAX_EXITS + i}`),
  );
});

Deno.test("the file has one size, and drops the oldest where that is too small", {
  permissions: "none",
}, () => {
  const many = Array.from({ length: 1_200 }, (_, number) => number);
  const exits = [exit("old", many), exit("new", many)];
  const bytes = encodeExits(exits);
  assert.equal(bytes.length, EXITS_BYTES);
  assert.deepEqual(parseExits(bytes), [exits[1]]);
  assert.equal(encodeExits([]).length, EXITS_BYTES);
});

Deno.test("a certain nobody stays a nobody", { permissions: "none" }, () => {
  assert.deepEqual(parseExits(encodeExits([exit("i", [])])), [exit("i", [])]);
});

Deno.test("a broken file is an empty memory", { permissions: "none" }, () => {
  for (const text of ["", "[", "{}", '[{"instance":1}]']) {
    assert.deepEqual(parseExits(new TextEncoder().encode(text)), []);
  }
});
