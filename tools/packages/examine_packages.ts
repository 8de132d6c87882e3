import { readImports } from "../arrows/module_graph.ts";
import { readOutput } from "../read_output.ts";
import { countSymbols, type SymbolCount } from "./count_symbols.ts";
import { findFlaws } from "./find_flaws.ts";
import { type Member, readMembers } from "./members.ts";

/** The sizes of a package's files in bytes, by path from its folder. */
export type PackageFiles = ReadonlyMap<string, number>;

/** What was found out about a package. */
export interface ExaminedPackage {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  readonly symbols: SymbolCount;
  /** What is not in order, a sentence each. */
  readonly flaws: readonly string[];
}

/**
 * Examines every package of the workspace: what is in it, and what it says of itself.
 *
 * @param root the root of the repository, a `file:` URL that ends with `/`
 * @param published the files of each package, by its name
 * @throws Error with what Deno says, where it cannot read an entry point
 */
export async function examinePackages(
  root: URL,
  published: ReadonlyMap<string, PackageFiles>,
): Promise<ExaminedPackage[]> {
  const members = await readMembers(root);
  const imports = await readImports(root, members.flatMap((one) => [...one.entries.values()]));
  const license = await Deno.readTextFile(new URL("LICENSE", root));
  return await Promise.all(members.map(async (member) => {
    const files = published.get(member.name) ?? new Map();
    const symbols = countSymbols(
      await readOutput("deno", ["doc", "--json", ...member.entries.values()], root),
    );
    const read = (name: string) => Deno.readTextFile(new URL(`${member.folder}/${name}`, root));
    const flaws = findFlaws(member, {
      files,
      reached: reachedOf(member, imports),
      readme: await read("README.md"),
      hasLicense: await read("LICENSE") === license,
      symbols,
    });
    const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
    return { name: member.name, files: files.size, bytes, symbols, flaws };
  }));
}

/** Files of a member that its entry points reach. */
function reachedOf({ folder, entries }: Member, imports: ReadonlyMap<string, string[]>) {
  const reached = new Set<string>();
  const visit = (path: string) => {
    const own = path.slice(folder.length + 1);
    if (!path.startsWith(`${folder}/`) || reached.has(own)) return;
    reached.add(own);
    for (const target of imports.get(path) ?? []) visit(target);
  };
  for (const path of entries.values()) visit(path);
  return reached;
}
