import assert from "node:assert/strict";
import { listFiles } from "../../../tools/list_files.ts";
import { pathOf } from "../../kit/mod.ts";

/** What a `deno compile` that is not to be run needs no download for: any program of this system. */
export const BASE = "/bin/true";

/**
 * Runs a task of a checkout.
 *
 * @param args its name, and its arguments
 * @param env variables of its own
 * @param cwd the checkout; nothing said: this one
 */
export async function runTask(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = pathOf(""),
) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd,
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/**
 * Builds everything in a checkout, with executables that nobody can run.
 *
 * @param dist where to
 * @param checkout nothing said: this one
 */
export async function buildAll(dist: string, checkout = pathOf("")): Promise<void> {
  const flags = ["--handler-permissions=--allow-net=api.example.com --allow-env=GREETING"];
  for (const task of [["build", dist], ["compile", dist, ...flags]]) {
    const { code, err } = await runTask(task, { DENORT_BIN: BASE }, checkout);
    assert.equal(code, 0, err);
  }
}

/**
 * Copies the files that an engine is sent when it builds images: all that are not left out.
 *
 * @param folder where to
 */
export async function copyContext(folder: string): Promise<void> {
  const left = (await Deno.readTextFile(pathOf(".dockerignore"))).split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) =>
      line.replace(/[.+]/g, "\\$&").replace("**/", "(.*/)?").replace(/\*(?!\/)/g, "[^/]*")
    )
    .map((pattern) => new RegExp(`^${pattern}(/|$)`));
  for (const path of await listFiles(new URL("../../../", import.meta.url))) {
    if (left.some((pattern) => pattern.test(path))) continue;
    const target = `${folder}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(pathOf(path), target);
  }
}

/**
 * Every file below a folder, by its path in it, as a hash of what is in it.
 *
 * @param folder which one
 */
export async function hashFiles(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      for (const [below, hash] of Object.entries(await hashFiles(path))) {
        hashes[`${name}/${below}`] = hash;
      }
    } else {
      const bytes = await Deno.readFile(path);
      hashes[name] = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    }
  }
  return hashes;
}
