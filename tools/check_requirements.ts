/**
 * Fails when a promise of `tests/requirements.ts` is cited by no test, or when a test cites one
 * that does not exist.
 *
 * @module
 */

import { requirements } from "../tests/requirements.ts";
import { type Citation, citedIds, findUnproven } from "./test_run/citations.ts";
import { listFiles } from "./list_files.ts";

const root = new URL("..", import.meta.url);

/** Tests about promises, in which ids are examples. */
const ABOUT_PROMISES = ["tools/test_run/citations_test.ts", "tools/test_run/test_report_test.ts"];

const citations: Citation[] = [];
for (const path of await listFiles(root)) {
  if (!path.endsWith("_test.ts") || ABOUT_PROMISES.includes(path)) continue;
  const source = await Deno.readTextFile(new URL(path, root));
  citations.push(...citedIds(source).map((id) => ({ id, path })));
}
const unproven = findUnproven(requirements, citations);
for (const sentence of unproven) console.error(`requirements: ${sentence}`);
console.error(
  `requirements: ${Object.keys(requirements).length} promises, ${unproven.length} unproven`,
);
if (unproven.length > 0) Deno.exit(1);
