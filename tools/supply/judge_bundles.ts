import { type Budget, budgets, compareBudget, type Weighed } from "./budgets.ts";

/** The part of a list of contents that is read here. */
interface Sbom {
  readonly components: readonly {
    readonly type: string;
    readonly group?: string;
    readonly name: string;
    readonly version: string;
    readonly properties?: readonly { readonly name: string }[];
  }[];
}

/**
 * Weighs what was built of a program.
 *
 * @param folder Where its bundles and their list of contents are, an absolute path.
 * @returns The size and the packages.
 */
export async function weigh(folder: string): Promise<Weighed> {
  const { components }: Sbom = JSON.parse(await Deno.readTextFile(`${folder}/sbom.cdx.json`));
  const libraries = components.filter(({ type }) => type === "library");
  const isCopy = ({ properties = [] }: Sbom["components"][number]) =>
    properties.some(({ name }) => name === "asya:copied");
  const titles = (some: typeof libraries) =>
    some.map(({ group, name, version }) => `${group ? `${group}/` : ""}${name}@${version}`);
  const files = [...Deno.readDirSync(folder)].filter(({ name }) => /\.(?:js|ts)$/.test(name));
  return {
    bytes: files.reduce((sum, { name }) => sum + Deno.statSync(`${folder}/${name}`).size, 0),
    packages: titles(libraries.filter((library) => !isCopy(library))),
    copies: titles(libraries.filter(isCopy)),
  };
}

/**
 * Holds what was built to the budgets.
 *
 * @param dist Where each program has a folder, an absolute path.
 * @param allowed The budgets of programs.
 * @returns A sentence for everything that is not within them.
 */
export async function judgeBundles(
  dist: string,
  allowed: Readonly<Record<string, Budget>> = budgets,
): Promise<string[]> {
  const built = [...Deno.readDirSync(dist)].map(({ name }) => name).sort();
  const problems = await Promise.all(
    built.map(async (name) => compareBudget(name, allowed[name], await weigh(`${dist}/${name}`))),
  );
  const missing = Object.keys(allowed).filter((name) => !built.includes(name));
  return [...problems.flat(), ...missing.map((name) => `${name} has a budget, and no bundle`)];
}
