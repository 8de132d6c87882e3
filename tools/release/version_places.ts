/** A file that says which version this is. */
export interface VersionPlace {
  readonly path: string;
  /** What stands before the version there, and the version; each place of the file counts. */
  readonly pattern: RegExp;
}

/**
 * Every place that says which version this is. Tables that are made from these are not among them:
 * `make docs` writes those.
 *
 * @param paths every file of the repository
 * @param members folders of the workspace's members
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { placesOf, versionsIn } from "./version_places.ts";
 * const [place] = placesOf(["runtime/deno.json"], ["runtime"]);
 * assert(place);
 * assert.deepEqual(versionsIn('{ "version": "1.2.3" }', place), ["1.2.3"]);
 * ```
 */
export function placesOf(paths: readonly string[], members: readonly string[]): VersionPlace[] {
  return paths.flatMap((path) => {
    const pattern = patternOf(path, members);
    return pattern === undefined ? [] : [{ path, pattern }];
  });
}

function patternOf(path: string, members: readonly string[]): RegExp | undefined {
  if (members.some((folder) => path === `${folder}/deno.json`)) {
    return /("version": ")([^"]+)(?=")/g;
  }
  if (path === "Dockerfile") return /^(ARG VERSION=)(\S+)/gm;
  if (/^deploy\/helm-charts\/[^/]+\/Chart\.yaml$/.test(path)) {
    return /^((?:v|appV)ersion: )(\S+)/gm;
  }
  if (path === "docs/images.md") return /(\basya-[a-z]+:)(\d+\.\d+\.\d+(?:-rc\.\d+)?)/g;
  if (path === "runtime/README.md") return /(jsr:@asya\/[a-z]+@\^)([^"\s]+)/g;
  return undefined;
}

/**
 * The versions that a file names.
 *
 * @param text of the file
 * @param place which file it is
 */
export function versionsIn(text: string, { pattern }: VersionPlace): string[] {
  return [...text.matchAll(pattern)].map(([, , version = ""]) => version);
}

/**
 * The text of a file with another version.
 *
 * @param text of the file
 * @param place which file it is
 * @param version that it is to name
 */
export function withVersion(text: string, { pattern }: VersionPlace, version: string): string {
  return text.replace(pattern, (_, before: string) => before + version);
}
