import assert from "node:assert/strict";
import { FRESH_MS } from "../overview/overview.ts";
import { FakeClock, settle } from "../testing/fake_clock.ts";
import { OverviewStreams } from "./overview_stream.ts";

const NOBODY = { scopes: new Set(["jobs:admin"] as const) };

Deno.test("[B5] overview streams: however readers come and go, there is one overview for all of them", async () => {
  const clock = new FakeClock();
  let looks = 0;
  let answer = Promise.resolve();
  const streams = new OverviewStreams({
    overview: {
      async text() {
        looks++;
        await answer;
        return "{}";
      },
    },
    clock,
    emit() {},
  });
  let last = streams.open(NOBODY);
  await settle();
  for (let round = 0; round < 3; round++) {
    const slow = Promise.withResolvers<void>();
    answer = slow.promise;
    await clock.pass(FRESH_MS);
    await last?.body?.cancel();
    last = streams.open(NOBODY);
    slow.resolve();
    await settle();
  }
  looks = 0;
  await clock.pass(FRESH_MS);
  await clock.pass(FRESH_MS);
  assert.equal(looks, 2);
  await last?.body?.cancel();
  await clock.pass(3 * FRESH_MS);
  assert.equal(looks, 2, "nothing is made while nobody reads");
});
