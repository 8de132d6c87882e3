import { markdownTable } from "@asya/program";
import { budgets } from "./budgets.ts";
import { licenceOf } from "./licences.ts";
import { type Package, titleOf } from "./package.ts";

const MAX_COLUMNS = 100;

/** Every package, apart by whether its code is passed on. */
export interface Split {
  /** Those with code in bundles, with the programs whose bundles it is in. */
  readonly bundled: readonly { readonly package: Package; readonly programs: readonly string[] }[];
  /** Those that tests, tools, benchmarks and examples use, or that nobody's code reaches. */
  readonly besides: readonly Package[];
}

/**
 * Tells packages that are passed on from those that are not, as the budgets have it.
 *
 * @param packages Every package of the lock file.
 * @returns Both, by name and version.
 */
export function splitPackages(packages: readonly Package[]): Split {
  const seen = new Map(packages.map((package_) => [titleOf(package_), package_]));
  const sorted = [...seen.entries()].sort(([a], [b]) => a < b ? -1 : 1);
  const split = sorted.map(([, package_]) => ({
    package: package_,
    programs: Object.keys(budgets)
      .filter((program) => budgets[program]?.packages.includes(package_.name)).sort(),
  }));
  return {
    bundled: split.filter(({ programs }) => programs.length > 0),
    besides: split.filter(({ programs }) => programs.length === 0)
      .map(({ package: package_ }) => package_),
  };
}

/**
 * The table of packages whose code is in bundles.
 *
 * @param split Every package.
 * @returns A table in Markdown.
 */
export function bundledTable({ bundled }: Split): string {
  const rows = bundled.map(({ package: package_, programs }) => [
    `\`${package_.name}\``,
    package_.version,
    licenceOf(package_),
    programs.join(", "),
  ]);
  return markdownTable(["package", "version", "licence", "in"], rows);
}

/**
 * The packages whose code is in no bundle, by their licences.
 *
 * @param split Every package.
 * @returns Markdown: a block of names under the name of each licence.
 */
export function besidesLists({ besides }: Split): string {
  const byLicence = [...Map.groupBy(besides, licenceOf)].sort(([a], [b]) => a < b ? -1 : 1);
  return byLicence.map(([licence, packages]) =>
    `**${licence}** (${packages.length})\n\n\`\`\`text\n${wrap(packages.map(titleOf))}\n\`\`\`\n`
  ).join("\n").trimEnd();
}

/**
 * The table of what each program may bring along.
 *
 * @returns A table in Markdown.
 */
export function budgetsTable(): string {
  const rows = Object.entries(budgets).map(([program, { maxKilobytes, packages, copies = [] }]) => [
    program === "mesh" ? "`asya`" : program,
    `${maxKilobytes} kB`,
    String(packages.length),
    copies.map((copy) => `\`${copy}\``).join(" ") || "none",
  ]);
  return markdownTable(["program", "bundles, at most", "packages", "copies in packages"], rows);
}

/** Lines of words, as long as the lines of a page. */
function wrap(words: readonly string[]): string {
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length + 2 > MAX_COLUMNS) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line}  ${word}`;
  }
  return lines.join("\n");
}
