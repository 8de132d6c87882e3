/**
 * Scenarios of the official conformance suites about answers that are more than text, against the
 * gateway's adapter alone: no job has such a result.
 *
 * @module
 */
import assert from "node:assert/strict";
import { makeTempFolder } from "../kit/mod.ts";
import { runSuite, SUITES } from "./conformance_suite.ts";
import { startContentServer } from "./content_server.ts";
import { judgeScenario } from "./judge_scenario.ts";

const SCENARIOS = [
  "tools-call-image",
  "tools-call-audio",
  "tools-call-embedded-resource",
  "tools-call-mixed-content",
];

Deno.test("[P1] [P2] the adapter passes on contents of every kind", async (t) => {
  await using folder = await makeTempFolder();
  await using server = startContentServer();
  for (const [index, suite] of SUITES.entries()) {
    const runs = await Promise.all(
      SCENARIOS.map((scenario) =>
        runSuite(suite, server.mcpUrl, folder.at(`${index}-${scenario}`), scenario)
      ),
    );
    for (const result of runs.flat()) {
      await t.step(`[${suite.promise}] ${suite.name}: ${result.scenario}`, () => {
        assert.deepEqual(judgeScenario(suite.revision, result, []), []);
      });
    }
  }
});
