/**
 * The official conformance suites of the Model Context Protocol, against a gateway as a process
 * whose jobs really run. Each scenario is a step.
 *
 * @module
 */
import assert from "node:assert/strict";
import { makeTempFolder } from "../kit/mod.ts";
import { runSuite, SUITES } from "./conformance_suite.ts";
import { expectedFailures } from "./expected_failures.ts";
import { startTestedGateway } from "./tested_gateway.ts";
import { judgeScenario, unknownScenarios } from "./judge_scenario.ts";

Deno.test("[P1] [P2] the gateway passes the official suites, but for what it does not offer", async (t) => {
  await using folder = await makeTempFolder();
  await using gateway = await startTestedGateway();
  const scenarios: string[] = [];
  // One after the other: they look at how soon something comes, which is no time for a crowd.
  for (const [index, suite] of SUITES.entries()) {
    await t.step(`[${suite.promise}] ${suite.name}`, async (t) => {
      for (const result of await runSuite(suite, gateway.mcpUrl, folder.at(String(index)))) {
        scenarios.push(result.scenario);
        await t.step(result.scenario, () => {
          const problems = judgeScenario(suite.revision, result, expectedFailures);
          assert.deepEqual(problems, []);
        });
      }
    });
  }
  await t.step("every expected failure is of a scenario that there is", () => {
    assert.deepEqual(unknownScenarios(scenarios, expectedFailures), []);
  });
  await t.step("the gateway has met nothing that it did not expect", () => {
    const { lines } = gateway.process;
    const errors = lines.filter(({ fields }) =>
      fields.level === undefined || fields.level === "ERROR"
    );
    assert.deepEqual(errors.map(({ text }) => text), []);
  });
});
