/** Where `asya` was loaded from, and so what a handler's project imports `@asya/runtime` from. */
export interface Origin {
  /** What `deno.json` says of `@asya/runtime`. */
  readonly runtime: string;
  /** Folders of a checkout that stand for the published packages. */
  readonly links: readonly string[];
}

/** Members of a checkout that `@asya/runtime` is made of. */
const LINKED = ["runtime", "protocol", "program"];

/**
 * Finds where handlers get `@asya/runtime` from: from the registry, and where `asya` itself is a
 * checkout, from that one, whatever its version will be.
 *
 * @param moduleUrl the URL of a module in a folder of `mesh/`
 * @param version of `asya`
 * @example
 * ```ts
 * import { originOf } from "./origin.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(originOf("file:///home/ada/asya/mesh/init/origin.ts", "0.1.0"), {
 *   runtime: "jsr:@asya/runtime@*",
 *   links: ["/home/ada/asya/runtime", "/home/ada/asya/protocol", "/home/ada/asya/program"],
 * });
 * assert.deepEqual(originOf("https://jsr.io/@asya/cli/0.1.0/init/origin.ts", "0.1.0").links, []);
 * ```
 */
export function originOf(moduleUrl: string, version: string): Origin {
  const own = `^${version}`;
  const url = new URL("../..", moduleUrl);
  if (url.protocol !== "file:") return { runtime: `jsr:@asya/runtime@${own}`, links: [] };
  const folder = decodeURIComponent(url.pathname);
  // Versions such as 1.0.0-rc.1 fit no range but one that names them.
  const asked = version.includes("-") ? own : "*";
  return { runtime: `jsr:@asya/runtime@${asked}`, links: LINKED.map((name) => folder + name) };
}
