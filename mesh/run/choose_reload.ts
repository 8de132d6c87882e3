import type { MeshFile } from "../file/mesh_file.ts";

/**
 * Chooses who is reloaded.
 *
 * @param changed paths of files whose content is another
 * @param modules paths of the files that each unit is made of
 * @returns for each unit that is, the files that are the reason
 * @example
 * ```ts
 * import { unitsToReload } from "./choose_reload.ts";
 * import assert from "node:assert/strict";
 * const modules = new Map([["ocr", ["/m/ocr.ts", "/m/page.ts"]], ["sum", ["/m/sum.ts"]]]);
 * assert.deepEqual([...unitsToReload(new Set(["/m/page.ts"]), modules)], [["ocr", ["/m/page.ts"]]]);
 * ```
 */
export function unitsToReload(
  changed: ReadonlySet<string>,
  modules: ReadonlyMap<string, readonly string[]>,
): Map<string, readonly string[]> {
  const chosen = new Map<string, readonly string[]>();
  for (const [unit, paths] of modules) {
    const files = paths.filter((path) => changed.has(path));
    if (files.length > 0) chosen.set(unit, files);
  }
  return chosen;
}

/**
 * Finds what only a start of the whole mesh can take: where all messages are, and where callers find
 * the gateway.
 *
 * @param before the file as it is run
 * @param after the file as it is
 * @returns the keys of the file
 */
export function changedKeys(before: MeshFile, after: MeshFile): string[] {
  return [
    ...before.transportUrl === after.transportUrl ? [] : ["transport"],
    ...before.gatewayPort === after.gatewayPort ? [] : ["ports.gateway"],
  ];
}

/**
 * Whether tools are others, wherever they stand in the file.
 *
 * @param before the file as it is run
 * @param after the file as it is
 */
export function hasOtherTools(
  before: Pick<MeshFile, "toolsText">,
  after: Pick<MeshFile, "toolsText">,
): boolean {
  const wordsOf = (text: string) => text.replaceAll(/\s+/g, " ").trim();
  return wordsOf(before.toolsText) !== wordsOf(after.toolsText);
}
