import type { Package } from "../package.ts";

/**
 * A package for tests.
 *
 * @param title Its name and version, such as `b@2.0.0`.
 * @param more What is particular about it.
 * @returns The package; under the MIT licence, where nothing else is said.
 */
export function createPackage(title: string, more: Partial<Package> = {}): Package {
  const at = title.lastIndexOf("@");
  return {
    name: title.slice(0, at),
    version: title.slice(at + 1),
    licence: "MIT",
    texts: [`Copyright ${title}`],
    installScripts: [],
    integrity: `sha512-${new Uint8Array(64).toBase64()}`,
    folder: `/cache/${title.slice(0, at)}/${title.slice(at + 1)}`,
    dependencies: [],
    ...more,
  };
}
