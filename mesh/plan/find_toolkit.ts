/**
 * The folder in which the programs of a mesh are.
 *
 * @param moduleUrl the URL of a module two folders below it
 * @returns nothing where this toolkit was not loaded from a folder, but from a registry, say
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findToolkit } from "./find_toolkit.ts";
 * assert.equal(findToolkit("file:///home/ada/my%20asya/mesh/run/prepare.ts"), "/home/ada/my asya");
 * assert.equal(findToolkit("https://jsr.io/@asya/cli/1.0.0/run/prepare.ts"), undefined);
 * ```
 */
export function findToolkit(moduleUrl: string): string | undefined {
  const { protocol, pathname } = new URL("../..", moduleUrl);
  return protocol === "file:" ? decodeURIComponent(pathname).replace(/\/$/, "") : undefined;
}
