/** Units that Deno shows sizes in. */
const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2 };

/**
 * Reads what `deno publish --dry-run` says would be published.
 *
 * @param text what it prints, without colours
 * @param root the URL of the workspace
 * @returns the sizes of files in bytes (as exactly as they are shown), by path from the package's
 *   folder, by the package's name
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDryRun } from "./parse_dry_run.ts";
 * const text = `Simulating publish of @asya/runtime@0.1.0 with files:
 *    file:///asya/runtime/mod.ts (1.5KB)
 *    file:///asya/runtime/a%20b/log.ts (973B)
 * `;
 * const files = parseDryRun(text, "file:///asya/");
 * assert.deepEqual([...files.get("@asya/runtime") ?? []], [["mod.ts", 1536], ["a b/log.ts", 973]]);
 * ```
 */
export function parseDryRun(text: string, root: string): Map<string, Map<string, number>> {
  const packages = new Map<string, Map<string, number>>();
  let files = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name] = /^Simulating publish of (@[\w-]+\/[\w-]+)@/.exec(line) ?? [];
    if (name !== undefined) packages.set(name, files = new Map());
    const [, url, size, unit] = /^\s+(file:\S+) \(([\d.]+)(B|KB|MB)\)$/.exec(line) ?? [];
    if (url === undefined || !url.startsWith(root)) continue;
    const path = decodeURIComponent(url.slice(root.length)).replace(/^[^/]+\//, "");
    files.set(path, Math.round(Number(size) * (UNITS[unit ?? ""] ?? 1)));
  }
  return packages;
}
