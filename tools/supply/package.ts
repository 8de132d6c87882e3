/** A package from npm, as the lock file fixes it and as it describes itself. */
export interface Package {
  /** The name at npm, such as `@smithy/core`. */
  readonly name: string;
  /** The exact version. */
  readonly version: string;
  /** What it says of its licence: an SPDX identifier, where it is put as it should be. */
  readonly licence: string | undefined;
  /** The texts that have to go where its code goes: its licence, and its notice if it has one. */
  readonly texts: readonly string[];
  /** The scripts that it wants to have run when it is installed; none of them is. */
  readonly installScripts: readonly string[];
  /** The checksum of its archive, as the lock has it: `sha512-` and base64. */
  readonly integrity: string;
  /** The folder that it lies in. */
  readonly folder: string;
  /** The packages that it names as its own dependencies, each as `name@version`. */
  readonly dependencies: readonly string[];
}

/**
 * How a package is called in lists: its name at npm and its version.
 *
 * @param named Something with a name and a version.
 * @returns For example `hono@4.13.19`.
 */
export function titleOf({ name, version }: { name: string; version: string }): string {
  return `${name}@${version}`;
}
