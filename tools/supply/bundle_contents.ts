import { type Package, titleOf } from "./package.ts";

/** A package of which there is code in a bundle. */
export interface Content {
  readonly package: Package;
  /**
   * Set where another package brings a copy of its own, which no lock file and no audit sees: the
   * version of that copy. Licence and texts are those of the package as the lock has it.
   */
  readonly copiedVersion?: string;
}

/** How pnpm names the folder of a package, in the source maps of packages that were made with it. */
const COPIED = /\/node_modules\/\.pnpm\/((?:@[^/+]+\+)?[^/@]+)@([^/_]+)[^/]*\/node_modules\//;

/**
 * Says what a bundle consists of: which packages there is code of, after all that is not used was
 * left out.
 *
 * @param files What the bundle's source map names, as absolute paths.
 * @param packages Every package of the lock file.
 * @param root The folder of the repository, with `/` at its end: what lies there is our own.
 * @returns The packages, each once, by name and version.
 * @throws Error When a file is nobody's: then the answer would not be the whole one.
 */
export function findContents(
  files: readonly string[],
  packages: readonly Package[],
  root: string,
): Content[] {
  const found = new Map<string, Content>();
  for (const file of files) {
    if (file.startsWith(root)) continue;
    const content = ownerOf(file, packages);
    if (content === undefined) throw new Error(`${file} is in a bundle, and in no known package`);
    const name = nameContent(content);
    if (content.copiedVersion === undefined || !found.has(name)) found.set(name, content);
  }
  return [...found.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, content]) => content);
}

/**
 * How a package in a bundle is called: its name and the version of which there is code.
 *
 * @param content The package.
 * @returns For example `ajv@8.18.0`.
 */
export function nameContent({ package: { name, version }, copiedVersion }: Content): string {
  return titleOf({ name, version: copiedVersion ?? version });
}

function ownerOf(file: string, packages: readonly Package[]): Content | undefined {
  const owner = packages.find(({ folder }) => file.startsWith(`${folder}/`));
  if (owner !== undefined) return { package: owner };
  const [, name, version] = COPIED.exec(file) ?? [];
  if (name !== undefined && version !== undefined) {
    const same = packages.find((package_) => package_.name === name.replace("+", "/"));
    return same === undefined ? undefined : { package: same, copiedVersion: version };
  }
  // Sources that a package was made from lie, by its own source maps, beside its versions.
  const maker = packages.find(({ folder }) => file.startsWith(parentOf(folder)));
  return maker === undefined ? undefined : { package: maker };
}

function parentOf(folder: string): string {
  return folder.slice(0, folder.lastIndexOf("/") + 1);
}
