import { createJob, type JobUpdate } from "@asya/protocol";
import assert from "node:assert/strict";
import { FakeClock, settle } from "../testing/fake_clock.ts";
import { ProgressFeed } from "./progress_feed.ts";
import type { ProgressNote } from "./progress_notes.ts";

const now = new Date("2026-01-01T00:00:00Z");

function chunk(
  partial: JobUpdate["partial"],
  progressPercent = 10,
): { seq: number; update: JobUpdate } {
  const update = { status: "Running", progressPercent, timestamp: now.toISOString() } as const;
  return {
    seq: 1,
    update: partial === undefined
      ? { ...update, kind: "update", message: `at ${progressPercent}` }
      : { ...update, kind: "partial", message: "processing", partial },
  };
}

function createFeed(): { feed: ProgressFeed; clock: FakeClock; notes: ProgressNote[] } {
  const clock = new FakeClock(now);
  const notes: ProgressNote[] = [];
  const feed = new ProgressFeed((note) => Promise.resolve(void notes.push(note)), clock);
  return { feed, clock, notes };
}

function assertRises(notes: readonly ProgressNote[]): void {
  notes.forEach(({ progress }, index) =>
    assert(index === 0 || progress > (notes[index - 1]?.progress ?? 0), `${index} rises`)
  );
}

Deno.test("progress: the first note names the job", { permissions: "none" }, async () => {
  const { feed, notes } = createFeed();
  await feed.started(createJob({ id: "j1", tool: "t", steps: ["a"], timeoutSeconds: 1 }, now));
  assert.deepEqual(notes, [{ progress: 0, total: 100, message: "job j1 was created" }]);
});

Deno.test(
  "progress: what happens now and then is told at once",
  { permissions: "none" },
  async () => {
    const { feed, notes } = createFeed();
    for (const percent of [10, 20, 20, 15]) await feed.updated(chunk(undefined, percent));
    assert.deepEqual(notes.map(({ message }) => message), ["at 10", "at 20", "at 20", "at 15"]);
    assertRises(notes);
  },
);

Deno.test("[P8] progress: a flood of chunks is put together, and none is lost", {
  permissions: "none",
}, async () => {
  const { feed, clock, notes } = createFeed();
  const words = Array.from({ length: 1_000 }, (_, index) => `${index} `);
  for (const word of words) {
    await feed.updated(chunk(word));
    await clock.pass(1);
  }
  await feed.updated(chunk(undefined, 50));
  await feed.updated(chunk({ a: 1 }, 50));
  await feed.end();
  assert(notes.length < 45, `${notes.length} notes`);
  assertRises(notes);
  const messages = notes.map(({ message }) => message);
  assert(messages.includes("at 50"));
  const text = messages.filter((message) => message !== "at 50").join("");
  assert.equal(text, `${words.join("")}{"a":1}`);
});

Deno.test(
  "progress: the last note does not wait for more to come",
  { permissions: "none" },
  async () => {
    const { feed, clock, notes } = createFeed();
    for (let index = 0; index < 100; index++) await feed.updated(chunk("x"));
    const early = notes.length;
    await clock.pass(50);
    assert.equal(notes.length, early + 1);
    assert.equal(notes.map(({ message }) => message).join(""), "x".repeat(100));
    await feed.end();
    assert.equal(notes.length, early + 1);
  },
);

Deno.test(
  "progress: a client that cannot be told is left alone",
  { permissions: "none" },
  async () => {
    let tries = 0;
    const feed = new ProgressFeed(() => {
      tries++;
      return Promise.reject(new Error("gone"));
    }, new FakeClock(now));
    await feed.updated(chunk("a"));
    await feed.updated(chunk("b"));
    await feed.end();
    await settle();
    assert.equal(tries, 1);
  },
);
