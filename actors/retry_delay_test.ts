import assert from "node:assert/strict";
import { MAX_DELAY_MS } from "@asya/protocol";
import { retryDelayMs } from "./retry_delay.ts";

const pure = { permissions: "none" } as const;

Deno.test("[D8] the wait before each retry", pure, () => {
  const cases = [
    [{ attempt: 1 }, 3, 5_000],
    [{ attempt: 2 }, 3, 10_000],
    [{ attempt: 3 }, 3, 20_000],
    [{ attempt: 4 }, 3, undefined],
    [{ attempt: 1 }, 0, undefined],
    [{ attempt: 1, retryAfterSeconds: 30 }, 3, 30_000],
    [{ attempt: 3, retryAfterSeconds: 0.5 }, 3, 20_000],
    [{ attempt: 900 }, 1_000, MAX_DELAY_MS],
  ] as const;
  for (const [failed, maxRetries, expected] of cases) {
    const delayMs = retryDelayMs(failed, { maxRetries, baseMs: 5_000 });
    assert.equal(delayMs, expected, JSON.stringify({ failed, maxRetries }));
  }
});
