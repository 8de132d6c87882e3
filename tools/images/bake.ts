import type { Executable } from "./plan_executables.ts";

const text = new TextDecoder();

/** How executables are made. */
export interface BakeOptions {
  /** The folder of the bundles; executables come into `compiled` in it. */
  readonly folder: string;
  /** For which machine, as Deno names it; nothing said: this one. */
  readonly target?: string;
  /** A file to put programs into, instead of the one that Deno downloads. */
  readonly base?: string;
}

/**
 * Makes one executable with `deno compile`: `compiled/asya-NAME`.
 *
 * What goes in is laid out first, in a folder of its own and without the time of day, so that the
 * same bundles make the same executable. No cache of code is kept: it would lie in /tmp, where a
 * handler may write what the next process runs.
 *
 * @param executable what of
 * @param options where, and for which machine
 * @returns the executable's path, or what Deno said was in the way
 */
export async function bake(
  { name, files, flags }: Executable,
  { folder, target, base }: BakeOptions,
): Promise<{ ok: true; path: string } | { ok: false; problem: string }> {
  const staged = `${folder}/compiled/${name}`;
  await Deno.mkdir(staged, { recursive: true });
  const modules: string[] = [];
  for (const file of files) {
    const module = `${staged}/${file.slice(file.lastIndexOf("/") + 1)}`;
    await Deno.copyFile(`${folder}/${file}`, module);
    await Deno.utime(module, 0, 0);
    modules.push(module);
  }
  const [main = "", ...included] = modules;
  const path = `${folder}/compiled/asya-${name}`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--quiet", "--no-config", "--no-lock", "--no-check", "--no-code-cache"],
      ...flags,
      ...(target === undefined ? [] : [`--target=${target}`]),
      ...included.map((module) => `--include=${module}`),
      ...["--output", path, main],
    ],
    env: { NO_COLOR: "1", ...(base !== undefined && { DENORT_BIN: base }) },
    stdout: "null",
  }).output();
  await Deno.remove(staged, { recursive: true });
  return success ? { ok: true, path } : { ok: false, problem: text.decode(stderr).trim() };
}
