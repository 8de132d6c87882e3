import { compareVersions, isVersion } from "./semver.ts";

/** What is known of a checkout that is to be released. */
export interface ReleaseFacts {
  /** What git says has changed, one line each. */
  readonly changes: readonly string[];
  readonly tags: readonly string[];
  /** The versions that each file names, by its path. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  /** What the changelog says of the version. */
  readonly notes: string | undefined;
}

/** Changes that are named one by one. */
const SHOWN = 5;

/**
 * Finds what keeps a checkout from being released.
 *
 * @param version that it is to be released as
 * @param facts what is known of it
 * @returns a sentence for each
 */
export function judgeRelease(version: string, facts: ReleaseFacts): string[] {
  if (!isVersion(version)) {
    return [`the version is ${JSON.stringify(version)}; allowed: as 1.2.3 or 1.2.3-rc.1`];
  }
  const { changes, tags, versions, notes } = facts;
  const newest = tags.map((tag) => tag.replace(/^v/, "")).filter(isVersion)
    .sort(compareVersions).at(-1);
  const others = [...versions].flatMap(([path, found]) => {
    const wrong = [...new Set(found.filter((one) => one !== version))];
    if (found.length === 0) return [`${path} names no version`];
    return wrong.map((one) => `${path} says ${one}; make release-prepare writes ${version}`);
  });
  return [
    ...(changes.length === 0 ? [] : [
      `${changes.length} files are not committed: ${changes.slice(0, SHOWN).join(", ")}` +
      (changes.length > SHOWN ? ", …" : ""),
    ]),
    ...(newest !== undefined && compareVersions(version, newest) <= 0
      ? [`${newest} is released already; allowed: a later version`]
      : []),
    ...others,
    ...(notes ? [] : [`CHANGELOG.md has nothing below "## [${version}] - DAY"`]),
  ];
}
