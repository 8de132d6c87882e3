import assert from "node:assert/strict";
import { showBytes } from "./show_bytes.ts";

Deno.test("bytes are shown with their places", { permissions: "none" }, () => {
  const bytes = new TextEncoder().encode("Hello,\n<wörld> & more");
  assert.deepEqual(showBytes(bytes).split("\n"), [
    "000000  48 65 6c 6c 6f 2c 0a 3c 77 c3 b6 72 6c 64 3e 20  Hello,.<w..rld> ",
    "000010  26 20 6d 6f 72 65                                & more",
  ]);
  assert.equal(showBytes(new Uint8Array()), "");
  assert.match(showBytes(new Uint8Array(20_000)), /… and 3616 bytes more$/);
});
