import { JsrRegistry, makeTempFolder } from "../tests/kit/mod.ts";
import { type Figure, median } from "./figure.ts";

const REPEATS = 11;

/** The modules that are loaded, each by a process of its own. */
const MODULES = {
  "nothing, in a process of its own": "",
  "@asya/runtime": 'import "jsr:@asya/runtime";\n',
  "@asya/runtime/testing": 'import "jsr:@asya/runtime/testing";\n',
} as const;

/** What a handler's author waits for: aimed at for the whole process, Deno's own start included. */
const AIM_MS = 80;

/**
 * How long a process takes that loads what handlers import, from its start to its end: from a
 * registry on this machine into an empty cache, and from the cache.
 *
 * @param say is told what is being measured
 */
export async function measureImports(say: (doing: string) => void): Promise<Figure[]> {
  await using registry = new JsrRegistry();
  await registry.publishWorkspace();
  await using folder = await makeTempFolder();
  const env = await registry.env(folder.path);
  const figures: Figure[] = [];
  for (const [name, code] of Object.entries(MODULES)) {
    say(`${REPEATS} processes that load ${name}`);
    const path = await folder.write("load.ts", code);
    const load = async (cache: string) => {
      const startMs = performance.now();
      const { success } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", path],
        env: { ...env, DENO_DIR: cache },
        clearEnv: true,
      }).output();
      if (!success) throw new Error(`${name} cannot be loaded`);
      return performance.now() - startMs;
    };
    const cold: number[] = [];
    const warm: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      await using cache = await makeTempFolder();
      cold.push(await load(cache.path));
      warm.push(await load(cache.path));
    }
    const aim = name === "@asya/runtime" ? { aim: { atMost: AIM_MS } } : {};
    const part = "imports";
    figures.push(
      { part, name: `${name}, fetched`, value: median(cold), unit: "ms", ...aim },
      { part, name: `${name}, from the cache`, value: median(warm), unit: "ms", ...aim },
    );
  }
  return figures;
}
