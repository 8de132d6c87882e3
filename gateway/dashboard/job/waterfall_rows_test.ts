import assert from "node:assert/strict";
import { JobStory, STORY_BEGAN_MS } from "../../testing/job_story.ts";
import { readVisits } from "./read_visits.ts";
import { layOutWaterfall, MAX_ROWS_OF_STEP, WIDTH } from "./waterfall_rows.ts";

const pure = { permissions: "none" } as const;

function waterfallOf({ job, updates }: JobStory, nowMs: number) {
  return layOutWaterfall(job, readVisits(job, updates), STORY_BEGAN_MS + nowMs);
}

Deno.test({
  name: "waterfall: bars stand where their time is, one axis for all",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b"] }).visit([100, 100, 400], 0)
      .tell(500, 1, "received").tell(600, 1, "processing");
    const { groups, spanMs } = waterfallOf(story, 1_000);
    assert.equal(spanMs, 1_000);
    assert.deepEqual(groups.flatMap(({ rows }) => rows.map(({ bar }) => bar)), [
      { waitFrom: 0, waitWidth: 100, workFrom: 100, workWidth: 300 },
      { waitFrom: 400, waitWidth: 200, workFrom: 600, workWidth: 400 },
    ]);
    assert.deepEqual(groups.map(({ longestWorkMs }) => longestWorkMs), [300, 400]);
  },
});

Deno.test({
  name: "waterfall: of a job that has ended the axis ends with it, and nothing stands outside",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b"] }).visit([0, 0, 1], 0)
      .visit([9_999, 9_999, 10_000], 1).end(10_000, { status: "succeeded", result: 1 });
    const { groups, spanMs } = waterfallOf(story, 99_999);
    assert.equal(spanMs, 10_000);
    for (const { bar: { waitFrom, waitWidth, workFrom, workWidth } } of groups) {
      assert(workWidth >= 3, "the shortest can be seen");
      assert(waitFrom >= 0 && waitWidth >= 0 && workFrom + workWidth <= WIDTH);
    }
  },
});

Deno.test({
  name: "waterfall: a job that has only just begun has an axis too",
  ...pure,
  fn() {
    const { groups, spanMs } = waterfallOf(new JobStory({ steps: ["a"] }), 0);
    assert.equal(spanMs, 1);
    assert.equal(groups[0]?.bar.workWidth, 0);
  },
});

Deno.test({
  name: "waterfall: many messages of one step share a line, and not all of them are listed",
  ...pure,
  fn() {
    const story = new JobStory({ steps: ["a", "b"] }).visit([0, 0, 100], 0);
    const count = MAX_ROWS_OF_STEP + 50;
    for (let index = 0; index < count; index++) {
      const at = 200 + index;
      story.visit([at, at, at + 100], 1, { branch: `/${index}:${count}:ab` });
    }
    const [, group, ...more] = waterfallOf(story, 1_000).groups;
    assert.deepEqual(more, []);
    assert.deepEqual([group?.rows.length, group?.unseen], [MAX_ROWS_OF_STEP, 50]);
    const [bar, end] = [
      group?.bar,
      Math.max(...(group?.rows ?? []).map(({ bar }) => bar.workFrom)),
    ];
    assert(bar && bar.waitFrom === 100 && bar.workFrom === 200 && end > 200);
    assert.equal(bar.workFrom + bar.workWidth, 300 + count - 1);
  },
});
