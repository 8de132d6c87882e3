import { hasImports } from "./has_imports.ts";
import { denoJson, type ScaffoldOptions } from "./scaffold.ts";
import type { Written } from "./write_scaffold.ts";

/**
 * What a person is told of a new mesh: which files it has, and what to do next.
 *
 * @param folder as the person wrote it
 * @param options what it was made from
 * @param written which files are new
 * @param ownDenoJson the text of the `deno.json` that was there before
 */
export function describeScaffold(
  folder: string,
  { name, template, origin }: ScaffoldOptions,
  { made, kept }: Written,
  ownDenoJson?: string,
): string[] {
  const isHere = folder === "." || folder === "./";
  return [
    `${name}: ${template.summary}`,
    "",
    ...made.map((path) => `  made  ${path}`),
    ...kept.map((path) => `  kept  ${path}, which was there`),
    ...ownDenoJson !== undefined && !hasImports(ownDenoJson, origin)
      ? ["", ...adviseImports(denoJson(origin))]
      : [],
    "",
    "Next:",
    "",
    ...isHere ? [] : [`  cd ${quote(folder)}`],
    "  deno test    # tests the handlers by themselves",
    "  asya demo    # starts the mesh, calls its tool, shows the result",
    "  asya dev     # keeps it running, and takes each change of a handler at once",
  ];
}

function adviseImports(json: string): string[] {
  return [
    "Your deno.json needs this beside what it has:",
    "",
    ...json.trimEnd().split("\n").slice(1, -1),
  ];
}

/** A word as a shell takes it. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A mesh's name made from that of its folder, where that can be one.
 *
 * @param folder its path from the root of all
 * @example
 * ```ts
 * import { nameOfFolder } from "./describe_scaffold.ts";
 * import assert from "node:assert/strict";
 * assert.equal(nameOfFolder("/home/ada/My first_mesh!"), "my-first-mesh");
 * assert.equal(nameOfFolder("/"), "my-mesh");
 * ```
 */
export function nameOfFolder(folder: string): string {
  const last = folder.slice(folder.lastIndexOf("/") + 1).toLowerCase();
  const name = last.replaceAll(/[^a-z0-9]+/g, "-").slice(0, 63).replaceAll(/^-+|-+$/g, "");
  return name || "my-mesh";
}
