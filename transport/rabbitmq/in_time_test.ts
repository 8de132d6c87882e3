import assert from "node:assert/strict";
import { FakeClock } from "../testing/fake_clock.ts";
import { inTime } from "./in_time.ts";

const none = { permissions: "none" as const };

Deno.test("an answer in time is passed on, also a refusal", none, async () => {
  const clock = new FakeClock();
  assert.equal(await inTime(Promise.resolve(1), 1_000, clock), 1);
  await assert.rejects(inTime(Promise.reject(new Error("no")), 1_000, clock), /no/);
});

Deno.test("an answer that does not come is not waited for", none, async () => {
  const clock = new FakeClock();
  const answer = inTime(new Promise(() => {}), 1_000, clock);
  clock.pass(1_000);
  await assert.rejects(answer, { code: "unreachable" });
});
