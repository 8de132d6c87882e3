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
  const runs = await Promise.all(
    SUITES.map(async (suite, index) => ({
      suite,
      results: await runSuite(suite, gateway.mcpUrl, folder.at(String(index))),
    })),
  );
  for (const { suite, results } of runs) {
    await t.step(suite.name, async (t) => {
      for (const result of results) {
        await t.step(result.scenario, () => {
          const problems = judgeScenario(suite.revision, result, expectedFailures);
          assert.deepEqual(problems, []);
        });
      }
    });
  }
  await t.step("every expected failure is of a scenario that there is", () => {
    const scenarios = runs.flatMap(({ results }) => results.map(({ scenario }) => scenario));
    assert.deepEqual(unknownScenarios(scenarios, expectedFailures), []);
  });
});
