import assert from "node:assert/strict";
import { JobStory } from "../../testing/job_story.ts";
import { readBranchEnds } from "./branch_ends.ts";
import { type Branch, growBranches } from "./branch_tree.ts";
import { foldBranches } from "./fold_branches.ts";
import { readVisits } from "./read_visits.ts";

const pure = { permissions: "none" } as const;

function treeOf(story: JobStory, reports: Parameters<typeof growBranches>[2]["reports"] = []) {
  const { job, updates } = story;
  return growBranches(job, readVisits(job, updates), { ...readBranchEnds(updates), reports });
}

/** A tree in a few words: `job(2: working done)`. */
function show({ index, state, fanOuts }: Branch): string {
  const inner = fanOuts.map(({ count, branches }) => `(${count}: ${branches.map(show).join(" ")})`);
  return `${index ?? "job"}=${state}${inner.join("")}`;
}

Deno.test({
  name: "branches: each has its place, however deep, and says how it gets on",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b", "c"] }).visit([0, 0, 100], 0);
    assert.equal(show(treeOf(story)), "job=waiting");
    story.visit([110, 110, 120], 1, { branch: "/2:3:ab" })
      .tell(130, 2, "received", { branch: "/2:3:ab/1:2:cd" })
      .tell(140, 2, "processing", { branch: "/2:3:ab/1:2:cd" })
      .visit([150, 150, 160], 1, { branch: "/0:3:ab" });
    assert.equal(show(treeOf(story)), "job=working(3: 0=waiting 2=working(2: 1=working))");
    const [fanOut] = treeOf(story).fanOuts;
    assert.deepEqual(fanOut?.states, { waiting: 2, working: 1, done: 0, failed: 0, stopped: 0 });
    story.end(200, { status: "succeeded", branch: "/0:3:ab", result: 1 });
    assert.match(show(treeOf(story)), /^job=working\(3: 0=done /);
  },
});

Deno.test({
  name: "branches: when a job has failed it is told which did, and that the others stopped",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b"] }).visit([0, 0, 100], 0)
      .tell(110, 1, "received", { branch: "/0:3:ab" })
      .tell(120, 1, "received", { branch: "/1:3:ab" })
      .end(130, { status: "failed", branch: "/1:3:ab", error: "processing_error" });
    const reports = [{ branch: "/1:3:ab", outcome: "failed" }] as const;
    assert.equal(show(treeOf(story, reports)), "job=failed(3: 0=stopped 1=failed)");
    assert.equal(treeOf(story, reports).fanOuts[0]?.states.stopped, 2, "one was never heard of");
  },
});

Deno.test({
  name: "branches: one that was given up before its join has failed, whatever becomes of its job",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b", "c"], joins: [2] }).visit([0, 0, 100], 0)
      .visit([110, 110, 120], 1, { branch: "/0:3:ab" })
      .visit([110, 110, 120], 1, { branch: "/1:3:ab" })
      .tell(120, 2, "processing", { branch: "/0:3:ab" })
      .tell(130, 1, "received", { branch: "/2:3:ab" })
      .giveUp(150, 1, "/2:3:ab")
      .tell(160, 2, "processing", { branch: "/2:3:ab" });
    assert.equal(show(treeOf(story)), "job=waiting(3: 0=done 1=waiting 2=failed)");
    assert.equal(treeOf(story).fanOuts[0]?.branches[2]?.reason, "error: given up");
    story.end(200, { status: "succeeded", result: 1 });
    assert.equal(show(treeOf(story)), "job=done(3: 0=done 1=done 2=failed)");
    const { states } = treeOf(story).fanOuts[0] ?? {};
    assert.deepEqual(states, { waiting: 0, working: 0, done: 2, failed: 1, stopped: 0 });
  },
});

Deno.test({
  name: "branches: what is no lineage is no branch",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a"] }).visit([0, 0, 100], 0);
    const [update] = story.updates;
    assert(update);
    story.updates.push({ ...update, branch: "<script>" }, { ...update, branch: "/9:2:ab" });
    assert.deepEqual(treeOf(story).fanOuts, []);
  },
});

Deno.test({
  name: "branches: of hundreds those that matter are shown, the rest is counted",
  ...pure,
  fn() {
    const states = { waiting: 300, working: 1, done: 198, failed: 1, stopped: 0 };
    const branches = Array.from({ length: 400 }, (_, index): Branch => ({
      lineage: `/${index}:500:ab`,
      index,
      state: index === 399
        ? "failed"
        : index === 200
        ? "working"
        : index < 198
        ? "done"
        : "waiting",
      visits: [],
      fanOuts: [],
    }));
    const { shown, folded } = foldBranches({ count: 500, branches, states }, 4);
    assert.deepEqual(shown.map(({ index }) => index), [198, 199, 200, 399]);
    assert.deepEqual(folded, [{ state: "waiting", count: 298 }, { state: "done", count: 198 }]);
    const few = { count: 2, branches: branches.slice(0, 2), states: { ...states, waiting: 0 } };
    assert.deepEqual(foldBranches(few, 4).shown.map(({ index }) => index), [0, 1]);
  },
});
