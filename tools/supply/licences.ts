import { type Package, titleOf } from "./package.ts";

/**
 * Licences that code may have which we pass on in bundles and images, by their SPDX identifiers: all
 * ask for no more than that their words come along. Another one, or a combination of several, is
 * somebody's decision first.
 */
export const ALLOWED_IN_BUNDLES: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "Unlicense",
];

/** Licences of what only tests, tools and examples use, which is passed on to nobody. */
export const ALLOWED_BESIDES: readonly string[] = [
  ...ALLOWED_IN_BUNDLES,
  "CC0-1.0",
  "MPL-2.0",
  "PSF-2.0",
];

/**
 * Licences of packages whose `package.json` does not say them as an identifier, as read in their
 * own files; for that version only.
 */
export const READ_BY_HAND: Readonly<Record<string, string>> = {
  "@modelcontextprotocol/inspector-cli@1.0.3": "Apache-2.0",
  "humanize-number@0.0.2": "MIT",
  "only@0.0.2": "MIT",
};

/**
 * Licences that can be kept without a text from the package: that of the first is the text of our
 * own, which lies in every bundle, and the others ask for nothing.
 */
const NEEDS_NO_TEXT: readonly string[] = ["Apache-2.0", "0BSD", "Unlicense"];

/**
 * The licence of a package.
 *
 * @param package_ The package.
 * @returns Its SPDX identifier, or what it says instead, or `unknown`.
 */
export function licenceOf(package_: Package): string {
  return READ_BY_HAND[titleOf(package_)] ?? package_.licence ?? "unknown";
}

/**
 * Finds packages whose licence is not allowed where they are used.
 *
 * @param packages Every package.
 * @param bundled Titles of those that are in a bundle.
 * @returns A sentence for each that is not, for each that is passed on without the words that it
 *   asks for, and for each entry made by hand that is of no use.
 */
export function findUnlicensed(
  packages: readonly Package[],
  bundled: ReadonlySet<string>,
): string[] {
  const problems = packages.flatMap((package_) => {
    const title = titleOf(package_);
    const isBundled = bundled.has(title);
    const allowed = isBundled ? ALLOWED_IN_BUNDLES : ALLOWED_BESIDES;
    const licence = licenceOf(package_);
    const where = isBundled ? "in a bundle" : "outside of bundles";
    if (!allowed.includes(licence)) {
      return [`${title} has the licence ${licence}; allowed ${where}: ${allowed.join(", ")}`];
    }
    if (!isBundled || package_.texts.length > 0 || NEEDS_NO_TEXT.includes(licence)) return [];
    return [`${title} is in a bundle and brings no text of its licence, ${licence}`];
  });
  const titles = new Set(packages.map(titleOf));
  const idle = Object.keys(READ_BY_HAND).filter((title) => !titles.has(title));
  return [...problems, ...idle.map((title) => `${title} has an entry, and is not in the lock`)];
}
