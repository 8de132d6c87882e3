/** The heading of what is not released yet. */
const UNRELEASED = "## [Unreleased]";

/**
 * What a changelog says of a version.
 *
 * @param text of the changelog
 * @param version that is looked for
 * @returns the text below its heading; `undefined` where it has none
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { notesOf } from "./changelog.ts";
 * const text = "## [Unreleased]\n\n## [1.0.0] - 2026-01-31\n\n### Added\n\n- All.\n";
 * assert.equal(notesOf(text, "1.0.0"), "### Added\n\n- All.");
 * assert.equal(notesOf(text, "1.0.1"), undefined);
 * ```
 */
export function notesOf(text: string, version: string): string | undefined {
  const heading = new RegExp(
    `^## \\[${version.replaceAll(".", "\\.")}\\] - \\d{4}-\\d{2}-\\d{2}$`,
    "m",
  );
  return below(text, heading);
}

/**
 * Gives what is not released yet a version and a day, and leaves room for what comes.
 *
 * @param text of the changelog
 * @param version of the release
 * @param day of the release, as `2026-01-31`
 * @returns the changelog; `undefined` where there is nothing to release
 */
export function releaseNotes(text: string, version: string, day: string): string | undefined {
  if (!below(text, /^## \[Unreleased\]$/m)) return undefined;
  return text.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${day}`);
}

/** What stands between a heading and the next one of its kind. */
function below(text: string, heading: RegExp): string | undefined {
  const found = heading.exec(text);
  if (!found) return undefined;
  const rest = text.slice(found.index + found[0].length);
  const end = rest.search(/^## \[/m);
  return (end < 0 ? rest : rest.slice(0, end)).trim();
}
