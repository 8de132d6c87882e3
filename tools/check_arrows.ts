/**
 * Fails when a file imports what it may not, when files import each other in a circle, or when a
 * file that should take values and return values names Deno. The rules are in `house.ts`.
 *
 * @module
 */

import { findBreaches } from "./arrows/arrows.ts";
import * as house from "./house.ts";
import { readModuleGraph } from "./arrows/module_graph.ts";

const root = new URL("..", import.meta.url);

/** What each member of the workspace exports, from its `deno.json`. */
async function readEntries(): Promise<Record<string, string[]>> {
  const entries: Record<string, string[]> = {};
  for (const folder of Object.keys(house.rooms)) {
    const file = new URL(`${folder}/deno.json`, root);
    let text: string;
    try {
      text = await Deno.readTextFile(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue; // not a member: it exports nothing
      throw error;
    }
    const { exports = {} } = JSON.parse(text);
    const targets = typeof exports === "string" ? [exports] : Object.values<string>(exports);
    entries[folder] = targets.map((target) => target.replace(/^\./, folder));
  }
  return entries;
}

const modules = await readModuleGraph(root);
const breaches = findBreaches(modules, { ...house, entries: await readEntries() });
for (const breach of breaches) console.error(`arrows: ${breach}`);
console.error(`arrows: ${modules.length} files, ${breaches.length} breaches`);
if (breaches.length > 0) Deno.exit(1);
