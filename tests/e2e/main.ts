/**
 * Checks a mesh that runs with the tools of mesh.yaml, wherever it does:
 *
 * ```sh
 * scripts/deno run --allow-net --allow-env --allow-read tests/e2e/main.ts http://localhost:8080
 * ```
 *
 * With `--scaling NAMESPACE` behind the URL, and `--allow-run=kubectl`, it also sees actors come
 * from zero and go back, in the cluster of kubectl's current context.
 *
 * @module
 */
import { checks, Gateway } from "./checks.ts";
import { checkScaling } from "./scaling.ts";

const [url, option, namespace] = Deno.args;
const isUrl = ["http:", "https:"].includes(URL.parse(url ?? "")?.protocol ?? "");
const isScaling = option === "--scaling" && namespace !== undefined;
if (url === undefined || !isUrl || (option !== undefined && !isScaling)) {
  console.error("usage: main.ts URL [--scaling NAMESPACE]; URL is a gateway's, such as http://…");
  Deno.exit(2);
}

const scaling = isScaling ? [checkScaling(namespace)] : [];
const gateway = new Gateway(url.replace(/\/+$/, ""));
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
