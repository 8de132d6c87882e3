/** A member of the workspace, which is published as a package. */
export interface Member {
  /** Its folder, from the root. */
  readonly folder: string;
  /** As `@asya/runtime`. */
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  /** Entry points, each with the path of its module from the root. */
  readonly entries: ReadonlyMap<string, string>;
}

/**
 * Reads every member of the workspace.
 *
 * @param root the root of the repository, a `file:` URL that ends with `/`
 */
export async function readMembers(root: URL): Promise<Member[]> {
  const { workspace } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  return await Promise.all((workspace as string[]).map(async (path) => {
    const folder = path.replace(/^\.\//, "");
    const text = await Deno.readTextFile(new URL(`${folder}/deno.json`, root));
    return parseMember(folder, text);
  }));
}

/**
 * Reads a member's `deno.json`.
 *
 * @param folder of the member
 * @param text of the file
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMember } from "./members.ts";
 * const member = parseMember("runtime", '{"name":"@asya/runtime","exports":"./mod.ts"}');
 * assert.deepEqual([...member.entries], [[".", "runtime/mod.ts"]]);
 * ```
 */
export function parseMember(folder: string, text: string): Member {
  const { name, version = "", description = "", license = "", exports = {} } = JSON.parse(text);
  const all: Record<string, string> = typeof exports === "string" ? { ".": exports } : exports;
  const entries = Object.entries(all).map(([entry, path]): [string, string] => [
    entry,
    path.replace(/^\./, folder),
  ]);
  return { folder, name, version, description, license, entries: new Map(entries) };
}
