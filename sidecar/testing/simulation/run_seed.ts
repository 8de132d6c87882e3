import * as fc from "fast-check";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { type Outcome, runWorld } from "./world.ts";

/** How long a failing world is made smaller for, in milliseconds of real time. */
const SHRINK_LIMIT_MS = 20_000;

/**
 * The world of a seed.
 *
 * @param seed any whole number
 */
export function scenarioOf(seed: number): Scenario {
  const [scenario] = fc.sample(scenarios, { seed, numRuns: 1 });
  if (!scenario) throw new TypeError(`there is no world for seed ${seed}`);
  return scenario;
}

/**
 * Runs the world of a seed.
 *
 * @param seed any whole number
 */
export function runSeed(seed: number): Promise<Outcome> {
  return runWorld(scenarioOf(seed));
}

/** The smallest world like that of a seed in which something happens that must not. */
export interface Smallest {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
}

/**
 * Makes the world of a failing seed smaller, as long as anything is wrong in it.
 *
 * @param seed a seed whose world has a breach
 * @returns `undefined` when it has none
 */
export async function shrinkSeed(seed: number): Promise<Smallest | undefined> {
  let smallest: Smallest | undefined;
  const holds = fc.asyncProperty(scenarios, async (scenario) => {
    const outcome = await runWorld(scenario);
    // Only a world smaller than the last one that failed is tried.
    if (outcome.breach !== undefined) smallest = { scenario, outcome };
    return outcome.breach === undefined;
  });
  await fc.check(holds, { seed, numRuns: 1, interruptAfterTimeLimit: SHRINK_LIMIT_MS });
  return smallest;
}

/**
 * What a person needs to understand why a seed fails: the breach, the smallest world with one, its
 * trace, and how to see it again.
 *
 * @param seed a seed whose world has a breach
 * @param breach what is wrong
 */
export async function describeFailure(seed: number, breach: string): Promise<string> {
  const smallest = await shrinkSeed(seed);
  const trace = smallest?.outcome.trace.lines ?? [];
  return [
    `seed ${seed}: ${breach}`,
    `run it again: ASYA_TEST_SEED=${seed} make test-unit-sidecar`,
    `its whole trace: scripts/deno run --no-prompt sidecar/testing/simulation/replay.ts ${seed}`,
    "",
    `the smallest world like it, and what happens there (${smallest?.outcome.breach}):`,
    JSON.stringify(smallest?.scenario, undefined, 1),
    ...trace,
  ].join("\n");
}
