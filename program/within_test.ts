import assert from "node:assert/strict";
import { within } from "./within.ts";

const permissions = "none";

Deno.test("a rejection in time is passed on", { permissions }, async () => {
  await assert.rejects(within(Promise.reject(new Error("no")), 1_000), /no/);
});

Deno.test("a rejection after the time is ignored", { permissions }, async () => {
  const late = Promise.withResolvers<never>();
  assert.deepEqual(await within(late.promise, 0), { inTime: false });
  late.reject(new Error("too late to matter"));
  await assert.rejects(late.promise);
});
