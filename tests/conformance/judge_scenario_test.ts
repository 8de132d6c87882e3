import assert from "node:assert/strict";
import type { Check } from "./conformance_suite.ts";
import { type ExpectedFailure, judgeScenario, unknownScenarios } from "./judge_scenario.ts";

const expected: readonly ExpectedFailure[] = [
  { reason: "There are no prompts.", checks: { prompts: ["list", "get"] } },
  { reason: "It was otherwise.", revision: "old", checks: { tools: ["call"] } },
];

function check(id: string, status: Check["status"], errorMessage?: string): Check {
  return { id, name: id.toUpperCase(), status, ...(errorMessage && { errorMessage }) };
}

const cases: readonly (readonly [string, string, readonly Check[], readonly string[]])[] = [
  ["all is as expected", "prompts", [
    check("list", "FAILURE"),
    check("list", "SUCCESS"),
    check("get", "WARNING"),
    check("other", "SKIPPED"),
  ], []],
  ["a check fails", "tools", [check("call", "FAILURE", "no content"), check("list", "SUCCESS")], [
    "call (CALL): no content",
  ]],
  ["a warning is a failure", "tools", [check("call", "WARNING")], [
    "call (CALL): no reason is given",
  ]],
  ["only what is named is excused", "prompts", [
    check("list", "FAILURE"),
    check("get", "FAILURE"),
    check("third", "FAILURE", "why"),
  ], ["third (THIRD): why"]],
  ["what passes is to be struck out", "prompts", [check("list", "FAILURE")], [
    "get is expected to fail (There are no prompts.), but does not",
  ]],
];

for (const [name, scenario, checks, problems] of cases) {
  Deno.test({
    name: `judging a scenario: ${name}`,
    permissions: "none",
    fn: () => assert.deepEqual(judgeScenario("new", { scenario, checks }, expected), problems),
  });
}

Deno.test({
  name: "judging a scenario: what is expected of one revision is not of another",
  permissions: "none",
  fn() {
    const result = { scenario: "tools", checks: [check("call", "FAILURE", "no content")] };
    assert.deepEqual(judgeScenario("old", result, expected), []);
    assert.deepEqual(judgeScenario("new", result, expected), ["call (CALL): no content"]);
  },
});

Deno.test({
  name: "expected failures of scenarios that are gone are found",
  permissions: "none",
  fn() {
    assert.deepEqual(unknownScenarios(["tools"], expected), ["prompts"]);
    assert.deepEqual(unknownScenarios(["tools", "prompts"], expected), []);
  },
});
