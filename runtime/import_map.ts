import { isJsonObject, type Json, type JsonObject } from "@asya/protocol/json";

/** A map of names to modules, as the web platform has it. */
export interface ImportMap {
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What this program needs to be found by its names, in whichever project a handler lives. */
export interface OwnImports {
  /** The URL prefixes of this program's own modules. */
  readonly scopes: readonly string[];
  /** Names that its modules import, and where they lead. */
  readonly names: Readonly<Record<string, string>>;
  /** Names that every handler may import, unless its project says otherwise. */
  readonly offered: Readonly<Record<string, string>>;
}

/**
 * Puts a project's import map and this program's own together.
 *
 * The project's map counts for the handler, ours only for our own modules; so neither can change
 * what the other means by a name.
 *
 * @param project the content of the project's root `deno.json`, or of the import map it names
 * @param baseUrl URL of that file: relative addresses start from there
 * @param own what this program needs
 * @example
 * ```ts
 * import { composeImportMap } from "./import_map.ts";
 * import assert from "node:assert/strict";
 * const own = {
 *   scopes: ["file:///asya/runtime/"],
 *   names: { "@asya/protocol/json": "file:///asya/protocol/json.ts" },
 *   offered: { "@asya/runtime": "file:///asya/runtime/mod.ts" },
 * };
 * const map = composeImportMap({ imports: { "zod": "npm:zod@4" } }, "file:///me/deno.json", own);
 * assert.deepEqual(map.imports, {
 *   "@asya/runtime": "file:///asya/runtime/mod.ts",
 *   "zod": "npm:zod@4",
 *   "zod/": "npm:/zod@4/",
 * });
 * assert.deepEqual(map.scopes, { "file:///asya/runtime/": own.names });
 * ```
 */
export function composeImportMap(
  project: JsonObject,
  baseUrl: string,
  own: OwnImports,
): ImportMap {
  const scopes = Object.entries(isJsonObject(project.scopes) ? project.scopes : {}).map(
    ([prefix, names]) => [new URL(prefix, baseUrl).href, expand(names, baseUrl)] as const,
  );
  return {
    imports: { ...own.offered, ...expand(project.imports, baseUrl) },
    scopes: Object.fromEntries([
      ...scopes,
      ...own.scopes.map((scope) => [scope, own.names] as const),
    ]),
  };
}

/**
 * Makes addresses absolute, and adds what Deno adds to the imports of a `deno.json`: a package's name
 * also stands for what is below it.
 */
function expand(names: Json | undefined, baseUrl: string): Record<string, string> {
  const expanded: Record<string, string> = {};
  for (const [name, target] of Object.entries(isJsonObject(names) ? names : {})) {
    if (typeof target !== "string") continue;
    expanded[name] = /^(\.{0,2}\/)/.test(target) ? new URL(target, baseUrl).href : target;
    const [, scheme, rest] = /^(npm|jsr):\/?(.+?)\/?$/.exec(target) ?? [];
    if (scheme !== undefined && !name.endsWith("/")) expanded[`${name}/`] ??= `${scheme}:/${rest}/`;
  }
  return expanded;
}
