/** A member that is packed for npm too: one whose entry points need nothing that only Deno has. */
export interface NpmMember {
  /** Its folder. */
  readonly folder: string;
  /** Its entry points that run under Node; the others stay away. */
  readonly entries: readonly string[] | "all";
}

/** What is packed for npm. What others need of Deno (its permissions, its server) Node has not. */
export const NPM_MEMBERS: readonly NpmMember[] = [
  { folder: "protocol", entries: "all" },
  { folder: "runtime", entries: ["."] },
];

/** The oldest Node that the packages are tested with. */
const NODE = ">=20";

/** What `deno pack` writes into `package.json`, as far as it is used here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly [key: string]: unknown;
}

/** What `deno pack` leaves out of `package.json`. */
export interface ManifestAdditions {
  readonly description: string;
  readonly license: string;
  readonly entries: NpmMember["entries"];
  /** Packages that the kept files import, each with its constraint. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Completes a package for npm: what it depends on, what it is, and only the entry points that run
 * there.
 *
 * @param manifest what `deno pack` wrote
 * @param additions what it leaves out
 */
export function completeManifest(manifest: Manifest, additions: ManifestAdditions): Manifest {
  const { description, license, entries, dependencies } = additions;
  const exports = Object.entries(manifest.exports).filter(([entry]) =>
    entries === "all" || entries.includes(entry)
  );
  return {
    ...manifest,
    description,
    license,
    exports: Object.fromEntries(exports),
    engines: { node: NODE },
    sideEffects: false,
    dependencies,
  };
}

/**
 * Finds the files that some entry points reach, and the packages that they import.
 *
 * @param files the text of each module and declaration, by path
 * @param roots paths of modules and declarations to begin with
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findReached } from "./npm_package.ts";
 * const files = new Map([
 *   ["mod.js", 'export * from "./a.js";'],
 *   ["a.js", 'import { b } from "@asya/protocol/json";'],
 *   ["main.js", ""],
 * ]);
 * const { paths, packages } = findReached(files, ["mod.js"]);
 * assert.deepEqual([...paths], ["mod.js", "a.js"]);
 * assert.deepEqual([...packages], ["@asya/protocol"]);
 * ```
 */
export function findReached(
  files: ReadonlyMap<string, string>,
  roots: readonly string[],
): { paths: Set<string>; packages: Set<string> } {
  const paths = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string) => {
    const text = files.get(path);
    if (text === undefined || paths.has(path)) return;
    paths.add(path);
    for (const target of importsOf(text)) {
      if (target.startsWith(".")) {
        const found = new URL(target, `file:///${path}`).pathname.slice(1);
        visit(found);
        if (path.endsWith(".d.ts")) visit(found.replace(/\.js$/, ".d.ts"));
      } else if (!target.startsWith("node:")) {
        packages.add(target.split("/").slice(0, target.startsWith("@") ? 2 : 1).join("/"));
      }
    }
  };
  for (const root of roots) visit(root);
  return { paths, packages };
}

/** Files that no code reaches, and that belong into every package. */
const ALWAYS = new Set(["package.json", "README.md", "LICENSE"]);

/**
 * Finds files that have no place in a package: what `deno pack` took from its folder, as it lay there,
 * and no entry point reaches.
 *
 * @param paths every file of the unpacked package
 * @param reached those that entry points reach
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findNeedless } from "./npm_package.ts";
 * const paths = ["mod.js", "LICENSE", "notes.md", "old.js", "testdata/key.pem"];
 * const needless = findNeedless(paths, new Set(["mod.js"]));
 * assert.deepEqual(needless, ["notes.md", "old.js", "testdata/key.pem"]);
 * ```
 */
export function findNeedless(paths: readonly string[], reached: ReadonlySet<string>): string[] {
  return paths.filter((path) => !reached.has(path) && !ALWAYS.has(path));
}

/** What a module names behind `from`, `import` and `import(`; comments and examples do not count. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
  const names = code.matchAll(/\b(?:from|import)\s*\(?\s*"([\w@.:/-]+)"/g);
  return [...names].map(([, name = ""]) => name);
}
