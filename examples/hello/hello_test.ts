import assert from "node:assert/strict";
import hello from "./hello.ts";

Deno.test("greets whom the payload names", { permissions: "none" }, () => {
  assert.deepEqual(hello({ payload: { name: "Ada" } }), { greeting: "Hello, Ada!" });
});

Deno.test("greets the world when the payload names nobody", { permissions: "none" }, () => {
  assert.deepEqual(hello({ payload: {} }), { greeting: "Hello, world!" });
});
