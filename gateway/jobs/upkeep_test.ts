import assert from "node:assert/strict";
import type { Event } from "../event.ts";
import { FakeClock } from "../testing/fake_clock.ts";
import { startUpkeep } from "./upkeep.ts";

Deno.test("[G8] upkeep: a job that cannot be failed keeps no other from its end, and old ones go", {
  permissions: "none",
}, async () => {
  const clock = new FakeClock();
  const events: Event[] = [];
  const expired: string[] = [];
  let deletions = 0;
  const stop = startUpkeep({
    store: {
      overdue: () => Promise.resolve(["stuck", "late"]),
      deleteFinished: () => Promise.resolve(deletions++),
    },
    clock,
    ttlMs: 1_000,
    expire(jobId) {
      if (jobId === "stuck") return Promise.reject(new Error("no"));
      expired.push(jobId);
      return Promise.resolve();
    },
    emit: (event) => events.push(event),
  });
  await clock.pass(1_100);
  await stop();
  assert.deepEqual(expired, ["late", "late"]);
  assert.deepEqual(events.map(({ kind }) => kind), [
    "store_failed",
    "store_failed",
    "jobs_deleted",
  ]);
});

Deno.test("upkeep: jobs that stay overdue are looked at once a round, however many", {
  permissions: "none",
}, async () => {
  const clock = new FakeClock();
  let looks = 0;
  const many = Array.from({ length: 200 }, (_, index) => `job-${index}`);
  const stop = startUpkeep({
    store: {
      overdue() {
        looks++;
        return Promise.resolve(many);
      },
      deleteFinished: () => Promise.resolve(0),
    },
    clock,
    ttlMs: 1_000,
    expire: () => Promise.reject(new Error("no")),
    emit() {},
  });
  await clock.pass(600);
  await stop();
  assert.equal(looks, 1);
});
