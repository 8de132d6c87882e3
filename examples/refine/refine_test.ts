import { type HandlerRun, runHandler } from "@asya/runtime/testing";
import assert from "node:assert/strict";
import { parse } from "yaml";
import type { Brief, Draft, Verdict } from "./draft.ts";
import generate from "./generate.ts";
import judge from "./judge.ts";
import refine from "./refine.ts";

const mesh = parse(await Deno.readTextFile(new URL("mesh.yaml", import.meta.url)));
const { text }: { text: string } = mesh.demo.arguments;

/** Judges a draft as the last step of a route. */
async function judged(draft: unknown, steps: readonly string[]): Promise<HandlerRun> {
  const options = { steps, current: steps.length - 1, includeMetadata: true };
  const run = await runHandler(judge, draft as Draft, options);
  assert.equal(run.failure, undefined);
  return run;
}

/** Runs the loop as a mesh does. */
async function summarise(request: { text: string; words?: number; rounds?: number }) {
  let [draft] = (await runHandler(generate, request)).payloads;
  let steps = ["generate", "judge"];
  for (;;) {
    const { payloads: [answer], routes: [next] } = await judged(draft, steps);
    if (!next) return { summary: answer as unknown as Summary, steps };
    assert.deepEqual(next, [...steps, "refine", "judge"]);
    steps = [...next];
    [draft] = (await runHandler(refine, answer as unknown as Draft)).payloads;
  }
}

interface Summary {
  summary: string;
  score: number;
  scores: number[];
}

Deno.test("the demo's text is refined until its summary is as good as it was asked for", async () => {
  const { summary, steps } = await summarise({ text });
  assert.equal(summary.score, 1);
  assert.match(summary.summary, /^The Rosetta Stone .*symbol for an idea\.$/);
  assert.ok(summary.scores.length > 2, `${summary.scores}`);
  assert.equal(steps.length, 2 * summary.scores.length);
});

Deno.test("[W9] a loop ends with its rounds, and the best draft is the answer", async () => {
  const { summary, steps } = await summarise({ text, rounds: 2 });
  assert.equal(steps.filter((step) => step === "refine").length, 2);
  assert.equal(summary.scores.length, 3);
  assert.equal(summary.score, Math.max(...summary.scores));
  assert.ok(summary.score < 1);
});

Deno.test("as many rounds as the tool takes fit into the hops of a message", () => {
  const { rounds } = mesh.tools[0].parameters;
  assert.equal(rounds.minimum, 0);
  assert.ok(2 + 2 * rounds.maximum <= mesh.maxHops, `${rounds.maximum} rounds`);
});

Deno.test("a draft that comes again is not refined again", async () => {
  const { summary } = await summarise({ text: "Bread needs flour, water and time.", words: 2 });
  assert.equal(summary.summary, "Bread needs flour, water and time.");
  assert.equal(summary.scores.length, 2);
});

Deno.test("the judge streams what it thinks", async () => {
  const [draft] = (await runHandler(generate, { text })).payloads;
  const { partials } = await judged(draft, ["generate", "judge"]);
  const [verdict] = partials as unknown as Verdict[];
  assert.deepEqual(verdict?.faults, ["too long", "misses keywords"]);
  assert.deepEqual(verdict?.missing, ["sign", "idea"]);
});

const brief: Brief = { text, words: 40, keywords: ["stone", "idea"], rounds: 1 };
const changes: [string, Partial<Verdict>, string[], string[]][] = [
  [
    "what is said by the way is cut",
    { faults: ["too long"] },
    ["The stone, which is dark, is old."],
    ["The stone is old."],
  ],
  [
    "the line that says least is left out",
    { faults: ["too long"] },
    ["The stone is old.", "It is big."],
    ["The stone is old."],
  ],
  [
    "a long line becomes two",
    { faults: ["hard to read"] },
    ["The stone is old; it is big"],
    ["The stone is old.", "It is big."],
  ],
  [
    "a sentence with what is missing is taken in",
    { faults: ["misses keywords"], missing: ["idea"] },
    ["The stone is old."],
    ["The stone is old.", "Many believed that each sign was a symbol for an idea."],
  ],
  ["what cannot be helped stays", { faults: ["too long"] }, ["It is."], ["It is."]],
];

for (const [what, verdict, before, after] of changes) {
  Deno.test(`refine: ${what}`, { permissions: "none" }, async () => {
    const full = { summary: "", score: 0, words: 0, missing: [], ease: 0, faults: [], ...verdict };
    const lines = before.map((text, from) => ({ from, text }));
    const { payloads } = await runHandler(refine, { ...brief, lines, verdicts: [full] });
    const [draft] = payloads as unknown as Draft[];
    assert.deepEqual(draft?.lines.map(({ text }) => text), after);
  });
}

Deno.test("what is no text is refused", { permissions: "none" }, async () => {
  const { failure } = await runHandler(generate, { text: " " });
  assert.equal(failure?.code, "validation_error");
});
