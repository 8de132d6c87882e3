import assert from "node:assert/strict";
import { FakeSidecar } from "./testing/fake_sidecar.ts";

const permissions = "none";

const MINUTE = 60_000;

const cases: readonly {
  readonly name: string;
  readonly prefetch: number;
  readonly concurrency: number;
  readonly runtimeTimeoutMs: number;
  readonly holdLimitMs?: number;
  readonly longestMs?: number;
}[] = [
  {
    name: "one message at a time, within the limit",
    ...{ prefetch: 1, concurrency: 1, runtimeTimeoutMs: 5 * MINUTE, holdLimitMs: 30 * MINUTE },
  },
  {
    name: "as long as the limit",
    ...{ prefetch: 1, concurrency: 1, runtimeTimeoutMs: 30 * MINUTE, holdLimitMs: 30 * MINUTE },
  },
  {
    name: "one message, longer than the limit",
    ...{ prefetch: 1, concurrency: 1, runtimeTimeoutMs: 40 * MINUTE, holdLimitMs: 30 * MINUTE },
    longestMs: 40 * MINUTE,
  },
  {
    name: "messages that wait for those before them",
    ...{ prefetch: 10, concurrency: 3, runtimeTimeoutMs: 10 * MINUTE, holdLimitMs: 30 * MINUTE },
    longestMs: 40 * MINUTE,
  },
  {
    name: "a broker without a limit",
    ...{ prefetch: 10, concurrency: 1, runtimeTimeoutMs: 60 * MINUTE },
  },
];

for (const { name, longestMs, concurrency, runtimeTimeoutMs, ...options } of cases) {
  Deno.test(`[D19] holds too long are warned of, once: ${name}`, { permissions }, async () => {
    const fake = new FakeSidecar({ options, policy: { runtimeTimeoutMs } });
    await fake.start();
    const host = await fake.host({ concurrency });
    host.die();
    await fake.host({ concurrency });
    const warnings = fake.events.filter(({ kind }) => kind === "long_holds");
    const expected = { kind: "long_holds", longestMs, allowedMs: options.holdLimitMs };
    assert.deepEqual(warnings, longestMs === undefined ? [] : [expected]);
    await fake.end();
  });
}
