/**
 * Prints what happens in the world of a seed, line by line, and a hash of it:
 *
 * ```sh
 * scripts/deno run --no-prompt sidecar/testing/simulation/replay.ts 7
 * ```
 *
 * @module
 */
import { runSeed } from "./mod.ts";

const { trace, breach } = await runSeed(Number(Deno.args[0]));
for (const line of trace.lines) console.log(line);
console.log(`${trace.hash()} ${breach ?? "all is well"}`);
