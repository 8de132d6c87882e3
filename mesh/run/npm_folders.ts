import { isJsonObject, parseJson } from "@asya/protocol";
import type { NpmFolders } from "../plan/plan_actor.ts";

/**
 * Finds where Deno keeps the npm packages that a module imports. Needs `--allow-run` for Deno.
 *
 * @param deno path of the Deno executable
 * @param module a path or a URL
 * @param cwd the folder that relative paths start from
 */
export async function findNpmFolders(
  deno: string,
  module: string,
  cwd: string,
): Promise<NpmFolders> {
  const { stdout } = await new Deno.Command(deno, {
    args: ["info", "--json", module],
    cwd,
    stdin: "null",
    stderr: "null",
  }).output();
  return parseNpmFolders(new TextDecoder().decode(stdout));
}

/**
 * Reads the folders of npm packages from what `deno info --json` says.
 *
 * @param text its output; anything else has no packages
 * @example
 * ```ts
 * import { parseNpmFolders } from "./npm_folders.ts";
 * import assert from "node:assert/strict";
 * const info = { npmPackages: { "zod@4.0.0": { name: "zod", localPath: "/cache/zod/4.0.0" } } };
 * assert.deepEqual(parseNpmFolders(JSON.stringify(info)), { zod: "/cache/zod/4.0.0" });
 * assert.deepEqual(parseNpmFolders("error: no such module"), {});
 * ```
 */
export function parseNpmFolders(text: string): NpmFolders {
  const json = parseJson(text);
  const packages = json.ok && isJsonObject(json.value) ? json.value.npmPackages : undefined;
  if (!isJsonObject(packages)) return {};
  return Object.fromEntries(
    Object.values(packages).filter(isJsonObject).flatMap(({ name, localPath }) =>
      typeof name === "string" && typeof localPath === "string" ? [[name, localPath]] : []
    ),
  );
}
