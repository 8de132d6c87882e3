/**
 * Fails when a file imports what it may not, when files import each other in a circle, or when a
 * file that should take values and return values names Deno. The rules are in `house.ts`.
 *
 * @module
 */

import { findBreaches } from "./arrows.ts";
import * as house from "./house.ts";
import { readModuleGraph } from "./module_graph.ts";

const modules = await readModuleGraph(new URL("..", import.meta.url));
const breaches = findBreaches(modules, house);
for (const breach of breaches) console.error(`arrows: ${breach}`);
console.error(`arrows: ${modules.length} files, ${breaches.length} breaches`);
if (breaches.length > 0) Deno.exit(1);
