import assert from "node:assert/strict";
import { JobStory, STORY_BEGAN_MS } from "../../testing/job_story.ts";
import { readVisits } from "./read_visits.ts";
import { type Visit, waitedMs, workedMs } from "./visit.ts";

const pure = { permissions: "none" } as const;

/** A visit in a line: step, branch, try, state, and how long it waited and was worked on. */
function lineOf(visit: Visit, nowMs: number): string {
  const { step, branch, attempt, state } = visit;
  const waited = waitedMs(visit, STORY_BEGAN_MS + nowMs);
  const worked = workedMs(visit, STORY_BEGAN_MS + nowMs) ?? "?";
  return `${step}${branch} ${attempt} ${state} ${waited}+${worked}`;
}

function linesOf({ job, updates }: JobStory, nowMs = 1_000): string[] {
  return readVisits(job, updates).map((visit) => lineOf(visit, nowMs));
}

const ABC = { steps: ["a", "b", "c"] };

const STORIES: readonly (readonly [what: string, story: JobStory, lines: readonly string[]])[] = [
  ["a job that nobody took waits in its first queue", new JobStory(ABC), ["a 1 waiting 1000+?"]],
  [
    "what is between steps waits, what a step holds before its handler is free waits too",
    new JobStory(ABC).visit([100, 150, 250], 0).visit([300, 310, 500], 1),
    ["a 1 done 150+100", "b 1 done 60+190", "c 1 waiting 500+?"],
  ],
  [
    "what a step measured counts, where reports came late or together",
    new JobStory(ABC).visit([100, 100, 100], 0, { durationMs: 80 }),
    ["a 1 done 20+80", "b 1 waiting 900+?"],
  ],
  [
    "a step that measured nothing is measured by when it told",
    new JobStory({ steps: ["a"] }).tell(100, 0, "received").tell(200, 0, "processing")
      .tell(450, 0, "completed"),
    ["a 1 done 200+250"],
  ],
  [
    "work goes on until this moment",
    new JobStory(ABC).tell(100, 0, "received").tell(200, 0, "processing"),
    ["a 1 working 200+800"],
  ],
  [
    "what a step took and has not begun waits there",
    new JobStory(ABC).tell(100, 0, "received"),
    ["a 1 held 1000+?"],
  ],
  [
    "a step that takes a message again tries again; how long it worked before, nobody knows",
    new JobStory(ABC).tell(100, 0, "received").tell(110, 0, "processing").visit(
      [400, 420, 500],
      0,
    ),
    ["a 1 again 110+?", "a 2 done 20+80", "b 1 waiting 500+?"],
  ],
  [
    "a try that failed ends when that is told, and the next one is waited for since",
    new JobStory(ABC).tell(100, 0, "received").tell(110, 0, "processing").fail(200, 0)
      .visit([700, 700, 750], 0),
    ["a 1 again 110+90", "a 2 done 500+50", "b 1 waiting 250+?"],
  ],
  [
    "until a step is tried again its message waits",
    new JobStory(ABC).tell(100, 0, "received").tell(110, 0, "processing").fail(200, 0),
    ["a 1 again 110+90", "a 2 waiting 800+?"],
  ],
  [
    "a job that ends before a step was tried again stops there",
    new JobStory(ABC).tell(100, 0, "processing").fail(200, 0)
      .end(300, { status: "failed", error: "processing_error" }),
    ["a 1 failed 100+100"],
  ],
  [
    "a failure of a branch is that branch's, and one of nobody knows whom is nobody's",
    new JobStory(ABC).visit([0, 0, 10], 0)
      .tell(20, 1, "processing", { branch: "/0:2:ab" })
      .tell(20, 1, "processing", { branch: "/1:2:ab" })
      .fail(50, 1, "/1:2:ab").fail(60, 1),
    [
      "a 1 done 0+10",
      "b/0:2:ab 1 working 10+980",
      "b/1:2:ab 1 again 10+30",
      "b/1:2:ab 2 waiting 950+?",
    ],
  ],
  [
    "a message that came again after it was done is another try",
    new JobStory(ABC).visit([0, 0, 10], 0).visit([50, 50, 60], 0),
    ["a 1 done 0+10", "a 2 done 0+10", "b 1 waiting 940+?"],
  ],
  [
    "points that nobody told of are filled in with the end, and measured by nothing",
    new JobStory(ABC).visit([0, 0, 100], 0).end(700, { status: "succeeded", result: 1 }),
    ["a 1 done 0+100", "b 1 done 600+?", "c 1 done 0+?"],
  ],
  [
    "the step that was under way as its job failed has failed",
    new JobStory(ABC).visit([0, 0, 100], 0).tell(200, 1, "received").tell(210, 1, "processing")
      .end(400, { status: "failed", error: "processing_error" }),
    ["a 1 done 0+100", "b 1 failed 110+190"],
  ],
  [
    "branches wait for the step that made them, each for itself",
    new JobStory(ABC).visit([0, 0, 100], 0)
      .visit([150, 150, 200], 1, { branch: "/0:2:ab" })
      .tell(300, 1, "received", { branch: "/1:2:ab" }),
    [
      "a 1 done 0+100",
      "b/0:2:ab 1 done 50+50",
      "b/1:2:ab 1 held 900+?",
      "c/0:2:ab 1 waiting 800+?",
    ],
  ],
  [
    "what was joined waits for the last of its branches",
    new JobStory({ ...ABC, joins: [1] }).visit([0, 0, 100], 0)
      .visit([150, 150, 160], 1, { branch: "/0:2:ab" })
      .visit([300, 300, 310], 1, { branch: "/1:2:ab" })
      .visit([400, 400, 420], 2),
    [
      "a 1 done 0+100",
      "b/0:2:ab 1 done 50+10",
      "b/1:2:ab 1 done 200+10",
      "c 1 done 90+20",
    ],
  ],
  [
    "a join takes branches in, and says no more of them",
    new JobStory({ ...ABC, joins: [1] }).visit([0, 0, 100], 0)
      .tell(150, 1, "received", { branch: "/0:2:ab" })
      .tell(160, 1, "processing", { branch: "/0:2:ab" }),
    ["a 1 done 0+100", "b/0:2:ab 1 joined 60+?"],
  ],
  [
    "a branch that was given up has failed, and what it brings to its join is no work",
    new JobStory({ ...ABC, joins: [2] }).visit([0, 0, 100], 0)
      .visit([150, 150, 200], 1, { branch: "/0:2:ab" })
      .tell(150, 1, "received", { branch: "/1:2:ab" })
      .tell(160, 1, "processing", { branch: "/1:2:ab" })
      .giveUp(200, 1, "/1:2:ab")
      .tell(210, 2, "received", { branch: "/1:2:ab" })
      .tell(210, 2, "processing", { branch: "/1:2:ab" }),
    [
      "a 1 done 0+100",
      "b/0:2:ab 1 done 50+50",
      "b/1:2:ab 1 failed 60+40",
      "c/0:2:ab 1 waiting 800+?",
    ],
  ],
  [
    "a branch stays given up, also where its job succeeds, and where nobody saw it fail",
    new JobStory({ ...ABC, joins: [2] }).visit([0, 0, 100], 0)
      .visit([150, 150, 200], 1, { branch: "/0:3:ab" })
      .tell(150, 1, "processing", { branch: "/1:3:ab" }).giveUp(200, 1, "/1:3:ab")
      .giveUp(200, 1, "/2:3:ab")
      .visit([210, 210, 220], 2, { branch: "/0:3:ab" })
      .end(300, { status: "succeeded", result: 1 }),
    [
      "a 1 done 0+100",
      "b/0:3:ab 1 done 50+50",
      "b/1:3:ab 1 failed 50+50",
      "c/0:3:ab 1 done 10+10",
    ],
  ],
  [
    "a join goes on by word of a branch's end, and the next step is waited for since",
    new JobStory({ steps: ["a", "b", "c", "d"], joins: [2] }).visit([0, 0, 100], 0)
      .visit([150, 150, 200], 1, { branch: "/0:2:ab" })
      .tell(210, 2, "processing", { branch: "/0:2:ab" })
      .tell(150, 1, "processing", { branch: "/1:2:ab" }).giveUp(300, 1, "/1:2:ab")
      .visit([310, 310, 320], 2, { branch: "/1:2:ab" }),
    [
      "a 1 done 0+100",
      "b/0:2:ab 1 done 50+50",
      "b/1:2:ab 1 failed 50+150",
      "c/0:2:ab 1 joined 10+?",
      "d 1 waiting 680+?",
    ],
  ],
  [
    "a branch that a join went on without stops, where it was to be tried again",
    new JobStory({ ...ABC, joins: [2] }).visit([0, 0, 100], 0)
      .tell(150, 1, "processing", { branch: "/1:2:ab" }).fail(200, 1, "/1:2:ab")
      .end(300, { status: "succeeded", result: 1, current: 1 }),
    ["a 1 done 0+100", "b/1:2:ab 1 stopped 50+50"],
  ],
  [
    "where a join within fails, the latest of those that it took in is what failed",
    new JobStory({ steps: ["a", "b", "c", "d"], joins: [2, 3] }).visit([0, 0, 100], 0)
      .visit([150, 150, 200], 1, { branch: "/0:2:ab" })
      .tell(250, 2, "processing", { branch: "/0:2:ab/0:2:cd" })
      .tell(260, 2, "processing", { branch: "/0:2:ab/1:2:cd" })
      .giveUp(300, 2, "/0:2:ab"),
    [
      "a 1 done 0+100",
      "b/0:2:ab 1 done 50+50",
      "c/0:2:ab/0:2:cd 1 joined 50+?",
      "c/0:2:ab/1:2:cd 1 failed 60+40",
    ],
  ],
  [
    "a branch that has ended waits for nothing",
    new JobStory(ABC).visit([0, 0, 100], 0)
      .visit([150, 150, 160], 1, { branch: "/0:2:ab" })
      .end(170, { status: "succeeded", branch: "/0:2:ab", result: 1 }),
    ["a 1 done 0+100", "b/0:2:ab 1 done 50+10"],
  ],
  [
    "a replay begins with its own first step",
    new JobStory({ ...ABC, firstStep: 1 }).visit([50, 50, 60], 1),
    ["b 1 done 50+10", "c 1 waiting 940+?"],
  ],
];

for (const [what, story, lines] of STORIES) {
  Deno.test({
    name: `visits: ${what}`,
    ...pure,
    fn: () => assert.deepEqual(linesOf(story), lines),
  });
}

Deno.test({
  name: "visits: updates of older gateways, which do not say where a step is, are read by its name",
  ...pure,
  fn() {
    const { job, updates } = new JobStory(ABC).visit([100, 100, 150], 1);
    const older = updates.map(({ stepIndex: _, durationMs: __, ...update }) => update);
    const [visit] = readVisits(job, [...older, { ...older[0]!, step: "unknown" }]);
    assert.deepEqual([visit?.stepIndex, visit?.state], [1, "done"]);
  },
});

Deno.test({
  name: "visits: thousands of branches are read in a time that grows with their number",
  ...pure,
  fn() {
    const story = new JobStory(ABC).visit([0, 0, 1], 0);
    const count = 3_000;
    const [first] = story.updates;
    assert(first);
    const updates = Array.from({ length: count }, (_, index) => ({
      ...first,
      step: "b",
      stepIndex: 1,
      branch: `/${index}:${count}:ab`,
    }));
    const visits = readVisits(story.job, [...story.updates, ...updates]);
    assert.equal(visits.length, count + 1);
  },
});
