import assert from "node:assert/strict";
import { createMemoryStore } from "./stores/memory.ts";
import { createTestGateway, THREE_STEPS } from "./testing/test_gateway.ts";

Deno.test("[G8] [G11] gateways go by the clock of their store, which others of them read", async () => {
  const store = createMemoryStore({ maxJobs: 10 });
  const aheadMs = 3_600_000;
  Object.defineProperty(store, "aheadMs", { value: aheadMs });
  const { clock, call, gateway, eventsOf } = createTestGateway({ tools: THREE_STEPS, store });
  await gateway.start();
  const id = await call("scan");
  const job = (await store.read(id))?.job;
  assert.equal(Date.parse(job?.createdAt ?? ""), clock.now() + aheadMs);
  assert.deepEqual(await store.overdue(clock.now() + aheadMs + 59_000, 9), []);
  await clock.pass(61_000);
  assert.equal((await store.read(id))?.job.status, "Failed");
  assert.deepEqual(eventsOf("job_ended").map(({ by }) => by), ["deadline"]);
  await gateway.close();
});
