import { isJsonObject, parseJson } from "@asya/protocol";

/**
 * Finds the files that a module is made of: its own and those that it imports, however far, also
 * where one is missing or cannot be parsed. Needs `--allow-run` for Deno.
 *
 * @param deno path of the Deno executable
 * @param module a path or a URL
 * @param cwd the folder that relative paths start from
 * @returns absolute paths
 */
export async function findModules(deno: string, module: string, cwd: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(deno, {
    args: ["info", "--json", "--no-lock", module],
    cwd,
    stdin: "null",
    stderr: "null",
  }).output();
  return parseModules(new TextDecoder().decode(stdout));
}

/**
 * Reads the files of a module from what `deno info --json` says.
 *
 * @param text its output; anything else has none
 * @example
 * ```ts
 * import { parseModules } from "./find_modules.ts";
 * import assert from "node:assert/strict";
 * const info = { modules: [
 *   { specifier: "file:///my%20mesh/a.ts" },
 *   { specifier: "file:///my%20mesh/gone.ts", error: "Module not found" },
 *   { specifier: "npm:zod@4" },
 * ] };
 * assert.deepEqual(parseModules(JSON.stringify(info)), ["/my mesh/a.ts", "/my mesh/gone.ts"]);
 * ```
 */
export function parseModules(text: string): string[] {
  const json = parseJson(text);
  const modules = json.ok && isJsonObject(json.value) ? json.value.modules : undefined;
  if (!Array.isArray(modules)) return [];
  return modules.filter(isJsonObject).flatMap(({ specifier }) => {
    const url = typeof specifier === "string" ? URL.parse(specifier) : null;
    return url?.protocol === "file:" ? [decodeURIComponent(url.pathname)] : [];
  });
}
