import assert from "node:assert/strict";
import { JobStory, STORY_BEGAN_MS } from "../../testing/job_story.ts";
import { readVisits } from "./read_visits.ts";
import { stepsKept, summarizeSteps } from "./step_summary.ts";

const pure = { permissions: "none" } as const;

function stepsOf({ job, updates }: JobStory, nowMs = 1_000) {
  return summarizeSteps(job, readVisits(job, updates), STORY_BEGAN_MS + nowMs);
}

Deno.test({
  name: "steps: each says how it gets on, over all messages and tries",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b", "c", "d"], joins: [3] }).visit([0, 0, 100], 0)
      .visit([150, 150, 200], 1, { branch: "/0:2:ab" })
      .tell(160, 1, "received", { branch: "/1:2:ab" })
      .tell(170, 1, "processing", { branch: "/1:2:ab" })
      .tell(500, 1, "received", { branch: "/1:2:ab" })
      .tell(600, 1, "processing", { branch: "/1:2:ab" });
    const [a, b, c, d] = stepsOf(story);
    assert.deepEqual([a?.state, b?.state, c?.state, d?.state], [
      ...["done", "working", "waiting", "ahead"],
    ]);
    assert.deepEqual([b?.messages, b?.done, b?.retries], [2, 1, 1]);
    assert.deepEqual([b?.longestWaitMs, b?.longestWorkMs], [100, 400]);
    assert.deepEqual([c?.messages, c?.longestWorkMs, d?.isJoin], [1, undefined, true]);
  },
});

Deno.test({
  name: "steps: what a job did not take is told apart from what lies ahead",
  ...pure,
  fn() {
    const replay = new JobStory({ steps: ["a", "b", "c"], firstStep: 1 });
    assert.deepEqual(stepsOf(replay).map(({ state }) => state), ["skipped", "waiting", "ahead"]);
    const failed = new JobStory({ steps: ["a", "b", "c"] }).tell(0, 0, "received")
      .tell(10, 0, "processing").end(20, { status: "failed", error: "oom_error" });
    assert.deepEqual(stepsOf(failed).map(({ state }) => state), ["failed", "skipped", "skipped"]);
    const early = new JobStory({ steps: ["a", "b"] }).visit([0, 0, 10], 0)
      .end(20, { status: "succeeded", result: null, current: 1 });
    assert.deepEqual(stepsOf(early).map(({ state }) => state), ["done", "skipped"]);
  },
});

Deno.test({
  name: "steps: where a branch was given up, the step says so, and its join counts the others only",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b", "c"], joins: [2] }).visit([0, 0, 100], 0)
      .visit([110, 110, 120], 1, { branch: "/0:2:ab" })
      .tell(110, 1, "processing", { branch: "/1:2:ab" }).giveUp(130, 1, "/1:2:ab")
      .tell(140, 2, "processing", { branch: "/1:2:ab" })
      .visit([150, 150, 160], 2, { branch: "/0:2:ab" })
      .end(200, { status: "succeeded", result: 1 });
    const shown = stepsOf(story).map(({ state, messages, done }) => [state, messages, done]);
    assert.deepEqual(shown, [["done", 1, 1], ["failed", 2, 1], ["done", 1, 1]]);
  },
});

Deno.test({
  name: "steps: a join that went on by a branch's end is done",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b", "c"], joins: [1] }).visit([0, 0, 100], 0)
      .tell(110, 1, "processing", { branch: "/0:2:ab" })
      .giveUp(120, 0, "/1:2:ab").visit([130, 130, 140], 1, { branch: "/1:2:ab" });
    assert.deepEqual(stepsOf(story).map(({ state }) => state), ["done", "done", "waiting"]);
  },
});

Deno.test({
  name: "steps: a join that failed its job has failed, also where nothing else came to it",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b"], joins: [1] }).visit([0, 0, 100], 0)
      .giveUp(120, 0, "/0:1:ab")
      .end(130, { status: "failed", error: "processing_error", errorDetails: { step: "b" } });
    assert.equal(stepsOf(story)[1]?.state, "failed");
  },
});

const ROUTES: readonly (readonly [planned: string, steps: string, added: string])[] = [
  ["a b c", "a b c", ""],
  ["a b c", "a x b c", "x"],
  ["a b c", "a b c x y", "x y"],
  ["a b c", "a c", ""],
  ["a b c", "a b a b c", "a b"],
  ["a b c", "x", "x"],
];

Deno.test({
  name: "steps: what came into a route on its way is told from what was planned",
  ...pure,
  fn() {
    for (const [planned, route, added] of ROUTES) {
      const steps = route.split(" ");
      const kept = stepsKept(planned.split(" "), steps);
      const found = steps.filter((_, index) => !kept.has(index)).join(" ");
      // Of steps that come several times, either of them may be the one that was planned.
      assert.equal([...found].sort().join(""), [...added].sort().join(""), `${planned} → ${route}`);
    }
  },
});

Deno.test({
  name: "steps: a route that a step has changed shows what was added",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "c"] }).tell(0, 0, "received")
      .tell(10, 0, "completed", { steps: ["a", "b", "c"], totalSteps: 3 });
    assert.deepEqual(story.job.rerouted?.planned, ["a", "c"]);
    assert.deepEqual(stepsOf(story).map(({ name, isAdded }) => [name, isAdded]), [
      ["a", false],
      ["b", true],
      ["c", false],
    ]);
  },
});
