/**
 * Checks a mesh that runs with the tools of mesh.yaml, wherever it does:
 *
 * ```sh
 * scripts/deno run --allow-net --allow-env --allow-read tests/e2e/main.ts http://localhost:8080
 * ```
 *
 * With a context of kubectl and a namespace behind the URL, and `--allow-run=kubectl`, it also sees
 * actors come from zero and go back.
 *
 * @module
 */
import { poll } from "../kit/mod.ts";
import { checks, Gateway } from "./checks.ts";
import { checkScaling } from "./scaling.ts";

const [url, context, namespace] = Deno.args;
const isUrl = ["http:", "https:"].includes(URL.parse(url ?? "")?.protocol ?? "");
if (url === undefined || !isUrl || (context !== undefined && namespace === undefined)) {
  console.error("usage: main.ts URL [CONTEXT NAMESPACE]; URL is a gateway's, such as http://…");
  Deno.exit(2);
}

const scaling = context !== undefined && namespace !== undefined
  ? [checkScaling(context, namespace)]
  : [];
const gateway = new Gateway(url.replace(/\/+$/, ""));
await poll(`${url} to answer`, () => gateway.isReady(), { timeoutMs: 60_000, everyMs: 500 });
let failed = 0;
for (const { name, run } of [...checks, ...scaling]) {
  const startMs = performance.now();
  try {
    await run(gateway);
    console.log(`ok      ${name} (${((performance.now() - startMs) / 1_000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error instanceof Error ? error.message : error}`);
  }
}
const count = checks.length + scaling.length;
console.log(`${count - failed} of ${count} checks passed`);
if (failed > 0) Deno.exit(1);
