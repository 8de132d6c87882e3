import type { ServerKind } from "./server_source.ts";

/**
 * Says that tests are skipped since there is no server for them: once in a run, whose test files
 * share nothing but the environment of their process.
 *
 * @param kind the kind of server
 * @param advice what to do about it
 * @throws Error where `CI` is set: a machine that is there to run tests has to run them
 */
export function announceMissing({ name, givenBy }: ServerKind<unknown>, advice: string): void {
  const problem = `There is no ${name} for tests: ${advice}.`;
  if (Deno.env.get("CI") !== undefined) throw new Error(problem);
  const said = `${givenBy}_MISSED`;
  if (Deno.env.get(said) !== undefined) return;
  Deno.env.set(said, "said");
  console.warn(`\n*** SKIPPING TESTS *** ${problem}\n`);
}
