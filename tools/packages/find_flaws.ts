import type { SymbolCount } from "./count_symbols.ts";
import type { Member } from "./members.ts";

/** JSR takes no longer description. */
const MAX_DESCRIPTION = 250;

/** What is known of a package besides its `deno.json`. */
export interface PackageFacts {
  /** Its files, by their path from its folder, with their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** Those of its files that its entry points reach, by import. */
  readonly reached: ReadonlySet<string>;
  readonly readme: string;
  /** Whether its licence is the whole repository's, word by word. */
  readonly hasLicense: boolean;
  readonly symbols: SymbolCount;
}

/** Files that no module imports, with what they are for. */
export const UNREACHED: Readonly<Record<string, string>> = {
  "LICENSE": "the licence asks for it",
  "README.md": "what a reader sees first",
  "deno.json": "the package's name, version and entry points",
  "permissions.json": "what a program may do, for whoever starts it without asya",
};

/**
 * What a package may weigh, in kB: about a quarter more than it does. Who adds a large file thinks
 * about it here.
 */
export const MAX_KB: Readonly<Record<string, number>> = {
  "@asya/actors": 220,
  "@asya/cli": 680,
  "@asya/gateway": 1_150,
  "@asya/operator": 560,
  "@asya/program": 220,
  "@asya/protocol": 300,
  "@asya/runtime": 340,
  "@asya/sidecar": 280,
  "@asya/transport": 270,
};

/**
 * Finds what keeps a package from being published as it should be, and from JSR's full score.
 *
 * @param member whose package it is
 * @param facts what is known of it
 * @returns a sentence for each
 */
export function findFlaws(member: Member, facts: PackageFacts): string[] {
  const { description, license, name, entries } = member;
  const { files, reached, readme, symbols } = facts;
  const needless = [...files.keys()].filter((path) => !reached.has(path) && !(path in UNREACHED));
  const lost = [...reached].filter((path) => !files.has(path));
  const kb = Math.round([...files.values()].reduce((sum, bytes) => sum + bytes, 0) / 1_000);
  const maxKb = MAX_KB[name] ?? 0;
  return [
    ...needless.map((path) => `${path} is published, and no entry point reaches it`),
    ...lost.map((path) => `${path} is needed, and not published`),
    ...(kb <= maxKb ? [] : [`it weighs ${kb} kB; allowed: ${maxKb} kB (tools/packages)`]),
    ...(/^(```|~~~)/m.test(readme) ? [] : ["README.md has no example"]),
    ...(facts.hasLicense ? [] : ["LICENSE is not that of the repository"]),
    ...(license === "Apache-2.0" ? [] : [`its license is ${JSON.stringify(license)}`]),
    ...(description === "" || description.length > MAX_DESCRIPTION
      ? [`its description has ${description.length} characters; allowed: 1 to ${MAX_DESCRIPTION}`]
      : []),
    ...(entries.has(".") ? [] : ["it has no main entry point"]),
    ...symbols.withoutDoc.map((path) => `${path} does not say what it is (@module)`),
    ...symbols.undocumented.map((symbol) => `${symbol} is not documented`),
  ];
}
