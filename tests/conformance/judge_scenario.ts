import type { ScenarioResult } from "./conformance_suite.ts";

/** Checks that cannot be passed by what is tested, and why. */
export interface ExpectedFailure {
  /** What is not offered, as a sentence. */
  readonly reason: string;
  /** The revision of which this is so; nothing said: each. */
  readonly revision?: string;
  /** The ids of the checks that fail, by scenario. */
  readonly checks: Readonly<Record<string, readonly string[]>>;
}

/**
 * Compares what a scenario came to with what is expected of it. A warning, which is how the suites
 * see what a server should do, counts as a failure: one is not passed over because of a word.
 *
 * @param revision the revision by which it was run
 * @param result the scenario's checks
 * @param expected which of them fail, and why
 * @returns one sentence for each failure that is not expected, and each expected one that is none
 */
export function judgeScenario(
  revision: string,
  { scenario, checks }: ScenarioResult,
  expected: readonly ExpectedFailure[],
): string[] {
  const reasons = new Map<string, string>();
  for (const { reason, revision: only = revision, checks: ids } of expected) {
    if (only !== revision) continue;
    for (const id of ids[scenario] ?? []) reasons.set(id, reason);
  }
  const failed = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
  const failedIds = new Set(failed.map(({ id }) => id));
  return [
    ...failed.filter(({ id }) => !reasons.has(id)).map(({ id, name, errorMessage }) =>
      `${id} (${name}): ${errorMessage ?? "no reason is given"}`
    ),
    ...[...reasons].filter(([id]) => !failedIds.has(id)).map(([id, reason]) =>
      `${id} is expected to fail (${reason}), but does not`
    ),
  ];
}

/**
 * Finds expected failures of scenarios that no suite has.
 *
 * @param scenarios every scenario that ran
 * @param expected what is expected to fail
 * @returns their names
 */
export function unknownScenarios(
  scenarios: readonly string[],
  expected: readonly ExpectedFailure[],
): string[] {
  const known = new Set(scenarios);
  return expected.flatMap(({ checks }) => Object.keys(checks).filter((name) => !known.has(name)));
}
