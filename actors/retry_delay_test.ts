import assert from "node:assert/strict";
import { retryDelayMs, type RetryRule } from "./retry_delay.ts";

const pure = { permissions: "none" } as const;
const name = "j1";

function rule(changes: Partial<RetryRule> = {}): RetryRule {
  const usual = { attempts: 4, baseMs: 5_000, factor: 2, maxMs: 3_600_000, jitter: 0, codes: [] };
  return { ...usual, ...changes };
}

function delays(changes: Partial<RetryRule>, name = "j1"): (number | undefined)[] {
  return [1, 2, 3, 4, 5].map((attempt) => retryDelayMs({ attempt, name }, rule(changes)));
}

Deno.test("[D8] each wait is a multiple of the one before it, up to the longest", pure, () => {
  const none = undefined;
  assert.deepEqual(delays({}), [5_000, 10_000, 20_000, none, none]);
  assert.deepEqual(delays({ attempts: 1 }), [none, none, none, none, none]);
  assert.deepEqual(delays({ factor: 1 }).slice(0, 3), [5_000, 5_000, 5_000]);
  assert.deepEqual(delays({ factor: 10, maxMs: 60_000 }).slice(0, 3), [5_000, 50_000, 60_000]);
  assert.deepEqual(delays({ baseMs: 0, factor: 100, attempts: 1_001 })[4], 0);
});

Deno.test("[D8] what a failure asks for counts where it is longer", pure, () => {
  const asked = (retryAfterSeconds: number) =>
    retryDelayMs({ attempt: 1, name, retryAfterSeconds }, rule({ maxMs: 10_000 }));
  assert.equal(asked(30), 30_000, "even beyond the longest wait");
  assert.equal(asked(1), 5_000);
});

Deno.test("[D8] no number of tries makes a wait endless", pure, () => {
  const all = rule({ attempts: 1_001, factor: 100, maxMs: Number.MAX_SAFE_INTEGER });
  assert.equal(retryDelayMs({ attempt: 1_000, name }, all), 31_536_000_000);
  assert.equal(retryDelayMs({ attempt: 1_001, name }, all), undefined);
});

Deno.test("[D21] jitter spreads waits, the same one for the same work and try", pure, () => {
  const spread = { jitter: 0.5, factor: 1, attempts: 9 };
  assert.deepEqual(delays(spread), delays(spread));
  const names = Array.from({ length: 200 }, (_, index) => `j${index}`);
  const waits = names.map((name) => delays(spread, name)[0] ?? 0);
  assert.ok(waits.every((ms) => ms > 2_500 && ms <= 5_000), `${waits}`);
  assert.ok(new Set(waits).size > 150, "they are spread");
  assert.ok(Math.min(...waits) < 2_700 && Math.max(...waits) > 4_800, "over the whole share");
  assert.notEqual(delays(spread)[0], delays(spread)[1], "each try has a wait of its own");
});
