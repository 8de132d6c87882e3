import { missingPermission, permissionLine } from "@asya/program";
import type { FailureText } from "../run/explain_failure.ts";
import type { ChildFacts } from "../run/run_child.ts";
import { type Finding, finding, ok } from "./finding.ts";

/** The exit code of a program that refuses its settings. */
const WRONG_SETTINGS = 2;

/** The exit code of a check that could not load a handler in time. */
const TOO_LONG = 3;

/**
 * Judges whether a program would start with its settings.
 *
 * @param name of the process
 * @param child what its check said
 */
export function judgeSettings(name: string, child: ChildFacts): Finding[] {
  const check = `settings of ${name}`;
  const why = `${name} cannot start`;
  if (child.code === 0) return [ok(check, "all allowed")];
  if (child.code === undefined) return [outOfTime(check)];
  const problems = listedProblems(child);
  const what = problems.length > 0 ? problems : [lastWords(child)];
  return what.map((problem) =>
    finding(check, "broken", problem, why, "change it as allowed, in the environment or mesh.yaml")
  );
}

/**
 * Judges whether a handler can be loaded with its permissions.
 *
 * @param actor its name
 * @param child what its check said
 * @param failure the same in words, with the place
 */
export function judgeHandler(
  actor: string,
  child: ChildFacts,
  failure: FailureText,
): Finding[] {
  const check = `handler of ${actor}`;
  if (child.code === 0) return [ok(check, "it is loaded with its permissions")];
  if (child.code === undefined || child.code === TOO_LONG) {
    return [finding(
      check,
      "warning",
      "it was not loaded within 5 s",
      "messages wait until it is",
      "load models in `init()` of a class, or later; or wait longer at the first start",
    )];
  }
  const why = `messages for ${actor} wait until it can be loaded`;
  const problems = listedProblems(child);
  if (problems.length > 0) {
    const todo = `change it as allowed: the actor ${actor} of mesh.yaml, or the environment`;
    return problems.map((problem) => finding(check, "broken", problem, why, todo));
  }
  const { place, lines, todo: known = place ? `mend ${place}` : "mend it" } = failure;
  const first = lines.find((line) => line.trim() !== "") ?? lastWords(child);
  const said = first.replace(/^error: (Uncaught )?(\(in promise\) )?/, "");
  const what = place === undefined ? said : `${said} (${place})`;
  const missing = missingPermission(lines.join("\n"));
  if (!missing) return [finding(check, "broken", what, why, known)];
  const { kind, target } = missing;
  const todo = `${permissionLine(missing)} of the actor ${actor} in mesh.yaml ` +
    `(in a container: --allow-${kind}=${target} behind the runtime)`;
  return [finding(check, "broken", what, why, todo)];
}

/**
 * Judges the database that jobs are kept in.
 *
 * @param child what `gateway migrate --status` said
 */
export function judgeDatabase(child: ChildFacts): Finding[] {
  const check = "database";
  if (child.code === undefined) return [outOfTime(check)];
  if (child.code !== 0) {
    return [finding(
      check,
      "broken",
      lastWords(child),
      "no job can be taken or shown",
      "start it, or correct store.url of mesh.yaml (ASYA_DATABASE_URL)",
    )];
  }
  const pending = child.out.filter((line) => /^\d{4} .* {2}pending$/.test(line));
  if (pending.length === 0) {
    return [ok(check, `it answers, with ${child.out.length} migrations applied`)];
  }
  return [finding(
    check,
    "warning",
    `${pending.length} of its ${child.out.length} migrations are not applied`,
    "a gateway applies them at its start, where its user may change the schema",
    "gateway migrate",
  )];
}

/**
 * Judges the place that outcomes are kept in.
 *
 * @param place a bucket or a folder, for people
 * @param child what writing something there and removing it said
 */
export function judgeResults(place: string, child: ChildFacts): Finding[] {
  const check = "results";
  if (child.code === 0) return [ok(check, `${place} can be written`)];
  if (child.code === undefined) return [outOfTime(check)];
  return [finding(
    check,
    "broken",
    `${place} cannot be written: ${lastWords(child)}`,
    "finished work waits in the queues of happy-end and error-end until it can",
    "start it, make it, or correct ASYA_S3_BUCKET, _ENDPOINT, _ACCESS_KEY and _SECRET_KEY, or " +
      "results of mesh.yaml",
  )];
}

/** What a program that refuses its settings lists, each in a line that is indented. */
function listedProblems({ code, err }: ChildFacts): string[] {
  if (code !== WRONG_SETTINGS) return [];
  return err.filter((line) => line.startsWith("  ")).map((line) => line.trim());
}

function outOfTime(check: string): Finding {
  return finding(
    check,
    "unknown",
    "no answer came within 5 s",
    "what could not be checked may be broken",
    "look whether what it needs can be reached, and ask again",
  );
}

function lastWords({ out, err, code }: ChildFacts): string {
  const said = [...err, ...out].filter((line) => line.trim() !== "");
  return said.at(-1)?.trim() ?? `it ended with code ${code}`;
}
