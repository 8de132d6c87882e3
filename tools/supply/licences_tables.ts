import { markdownTable } from "@asya/program";
import { budgets } from "./budgets.ts";
import { licenceOf } from "./licences.ts";
import { type Package, titleOf } from "./package.ts";

/** Every package, apart by whether its code is passed on. */
export interface Split {
  /** Those with code in bundles, with the programs whose bundles it is in. */
  readonly bundled: readonly { readonly package: Package; readonly programs: readonly string[] }[];
  /** Those that tests, tools, benchmarks and examples use, or that nobody's code reaches. */
  readonly besides: readonly Package[];
}

/**
 * Tells packages that are passed on from those that are not, as the budgets have it. Of a package in
 * several versions, those that programs do not reach are not passed on.
 *
 * @param packages Every package of the lock file.
 * @param direct The packages that programs import, as `name@version`.
 * @returns Both, by name and version.
 */
export function splitPackages(packages: readonly Package[], direct: readonly string[]): Split {
  const seen = new Map(packages.map((package_) => [titleOf(package_), package_]));
  const reached = reachFrom(direct, seen);
  const versions = Map.groupBy(seen.values(), ({ name }) => name);
  // What is asked for without being declared is reached by nothing; one version leaves no doubt.
  const isMeant = (package_: Package) =>
    reached.has(titleOf(package_)) || versions.get(package_.name)?.length === 1;
  const sorted = [...seen.entries()].sort(([a], [b]) => a < b ? -1 : 1);
  const split = sorted.map(([, package_]) => ({
    package: package_,
    programs: Object.keys(budgets)
      .filter((program) => budgets[program]?.packages.includes(package_.name))
      .filter(() => isMeant(package_)).sort(),
  }));
  return {
    bundled: split.filter(({ programs }) => programs.length > 0),
    besides: split.filter(({ programs }) => programs.length === 0)
      .map(({ package: package_ }) => package_),
  };
}

/** These packages, those that they ask for, and so on. */
function reachFrom(
  direct: readonly string[],
  packages: ReadonlyMap<string, Package>,
): ReadonlySet<string> {
  const reached = new Set(direct);
  // A set goes on to what is added to it meanwhile.
  for (const title of reached) {
    for (const dependency of packages.get(title)?.dependencies ?? []) reached.add(dependency);
  }
  return reached;
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
 * @returns Markdown: for each licence a list of names, which opens on request.
 */
export function besidesLists({ besides }: Split): string {
  const byLicence = [...Map.groupBy(besides, licenceOf)].sort(([a], [b]) => a < b ? -1 : 1);
  return byLicence.map(([licence, packages]) =>
    [
      `<details>\n<summary>${licence}: ${packages.length}</summary>`,
      "```text\n" + packages.map(titleOf).join("\n") + "\n```",
      "</details>",
    ].join("\n\n")
  ).join("\n\n");
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
