import { isJsonObject, parseJson } from "@asya/protocol";
import type { Origin } from "./origin.ts";

/**
 * Whether a `deno.json` that was there already lets handlers import `@asya/runtime`. One with
 * comments is not understood here, and is taken for one that does not.
 *
 * @param text of the file
 * @param origin where `@asya/runtime` comes from
 * @example
 * ```ts
 * import { hasImports } from "./has_imports.ts";
 * import assert from "node:assert/strict";
 * const origin = { runtime: "jsr:@asya/runtime@^0.1.0", links: ["/asya/runtime"] };
 * const imports = { "@asya/runtime": "jsr:@asya/runtime@^0.1.0" };
 * assert.equal(hasImports(JSON.stringify({ imports, links: ["/asya/runtime"] }), origin), true);
 * assert.equal(hasImports(JSON.stringify({ imports }), origin), false);
 * assert.equal(hasImports("{}", origin), false);
 * ```
 */
export function hasImports(text: string, origin: Origin): boolean {
  const json = parseJson(text);
  if (!json.ok || !isJsonObject(json.value)) return false;
  const { imports, links } = json.value;
  const linked = Array.isArray(links) ? links : [];
  return isJsonObject(imports) && imports["@asya/runtime"] === origin.runtime &&
    origin.links.every((path) => linked.includes(path));
}
