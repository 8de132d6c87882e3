import { folderOf, type Project } from "./project.ts";

/**
 * Where a project keeps the versions of the packages that it uses.
 *
 * @param project of a handler
 * @returns an absolute path, whether a file is there or not; `undefined` where the project wants none
 * @example
 * ```ts
 * import { lockPathOf } from "./lock_path.ts";
 * import assert from "node:assert/strict";
 * const project = (content: Record<string, boolean>) => {
 *   const root = { path: "/shop/deno.json", content };
 *   return { nearest: root, root };
 * };
 * assert.equal(lockPathOf(project({})), "/shop/deno.lock");
 * assert.equal(lockPathOf(project({ lock: false })), undefined);
 * ```
 */
export function lockPathOf({ root }: Project): string | undefined {
  const { lock } = root.content;
  if (lock === false) return undefined;
  const named = typeof lock === "object" && lock !== null && "path" in lock ? lock.path : lock;
  const path = typeof named === "string" ? named : "deno.lock";
  return path.startsWith("/") ? path : `${folderOf(root.path)}/${path.replace(/^\.\//, "")}`;
}
