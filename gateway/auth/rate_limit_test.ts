import assert from "node:assert/strict";
import { parseRate, RateLimit } from "./rate_limit.ts";

const RATE = { requests: 3, windowSeconds: 6 };

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("rate limit: a rate is a number of requests and a time", () => {
  const rows: [string, object | undefined][] = [
    ["100/s", { requests: 100, windowSeconds: 1 }],
    ["007/m", { requests: 7, windowSeconds: 60 }],
    ["1/h", { requests: 1, windowSeconds: 3_600 }],
    ["0/s", undefined],
    ["-1/s", undefined],
    ["1.5/s", undefined],
    ["100", undefined],
    ["100/d", undefined],
    ["", undefined],
  ];
  for (const [text, expected] of rows) assert.deepEqual(parseRate(text), expected, text);
});

test("[A5] rate limit: so many at once, then one per interval, each caller by himself", () => {
  const limit = new RateLimit(RATE);
  const take = (caller: string, nowMs: number) => {
    const { ok, remaining, retryAfterMs } = limit.take(caller, nowMs);
    return [ok, remaining, retryAfterMs];
  };
  assert.deepEqual(take("me", 0), [true, 2, 0]);
  assert.deepEqual(take("me", 0), [true, 1, 0]);
  assert.deepEqual(take("me", 0), [true, 0, 0]);
  assert.deepEqual(take("me", 500), [false, 0, 1_500]);
  assert.deepEqual(take("you", 500), [true, 2, 0]);
  assert.deepEqual(take("me", 1_999), [false, 0, 1]);
  assert.deepEqual(take("me", 2_000), [true, 0, 0]);
  assert.deepEqual(take("me", 2_000), [false, 0, 2_000]);
  assert.deepEqual(take("me", 60_000), [true, 2, 0]);
});

test("rate limit: what is refused costs nothing", () => {
  const limit = new RateLimit(RATE);
  for (let count = 0; count < 1_000; count++) limit.take("me", 0);
  assert.equal(limit.take("me", 2_000).ok, true);
});

test("rate limit: over a long time no more than the rate, however requests come", () => {
  for (const stepMs of [1, 7, 333, 1_999, 2_000]) {
    const limit = new RateLimit({ requests: 3, windowSeconds: 1 });
    let taken = 0;
    for (let nowMs = 0; nowMs <= 100_000; nowMs += stepMs) {
      if (limit.take("me", nowMs).ok) taken++;
    }
    const asked = Math.floor(100_000 / stepMs) + 1;
    assert(taken <= Math.min(asked, 3 + 300), `${taken} at ${stepMs} ms`);
    assert(taken >= Math.min(asked, 300) - 1, `${taken} at ${stepMs} ms`);
  }
});

test("rate limit: callers who are silent are forgotten, and there is a limit to them", () => {
  const limit = new RateLimit(RATE, 100);
  for (let caller = 0; caller < 10_000; caller++) {
    limit.take(`caller ${caller}`, 0);
    assert(limit.size <= 100);
  }
  for (const nowMs of [60_000, 66_000]) limit.take("me", nowMs);
  assert(limit.size <= 2, `${limit.size} are kept in mind`);
});

test("rate limit: who is forgotten has a full bucket by then", () => {
  for (const [silentMs, ok] of [[1_999, false], [2_000, true], [6_000, true]] as const) {
    const limit = new RateLimit(RATE);
    for (let nowMs = 0; nowMs < 5_999; nowMs += 500) limit.take("another", nowMs);
    for (let count = 0; count < 3; count++) limit.take("me", 5_999);
    for (let ms = 0; ms < silentMs; ms += 100) limit.take("another", 5_999 + ms);
    assert.equal(limit.take("me", 5_999 + silentMs).ok, ok, `${silentMs} ms`);
  }
});
