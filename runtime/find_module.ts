import { nearestName } from "@asya/program/nearest_name";
import { handlerRoot, type OwnProgram, ownProgram } from "./own_program.ts";
import { folderOf } from "./project.ts";
import type { Specifier } from "./specifier.ts";

/** Where a handler's module is, or a sentence that says why it is not to be had. */
export type FoundModule =
  | {
    readonly ok: true;
    readonly url: string;
    /** Absolute path, where it is a file. */
    readonly path?: string;
  }
  | { readonly ok: false; readonly problem: string };

/**
 * Finds a handler's module. A file must lie in the working directory or below, links followed; of an
 * executable, beside its main module in it.
 *
 * @param specifier the handler
 * @param program how this program came to run
 */
export function findModule(specifier: Specifier, program: OwnProgram = ownProgram()): FoundModule {
  const { module, scheme, text } = specifier;
  const refuse = (problem: string): FoundModule => ({
    ok: false,
    problem: `the handler ${JSON.stringify(text)} ${problem}`,
  });
  if (scheme !== "file" && program.isCompiled) {
    return refuse(`comes from ${scheme}:; allowed: a file that was compiled in`);
  }
  if (scheme !== "file") return { ok: true, url: module };
  const root = handlerRoot(program);
  const place = module.startsWith("/") ? module : `${root}/${module}`;
  let path: string;
  try {
    path = Deno.realPathSync(place);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return refuse(`was looked for in ${root} and is not there${didYouMean(module, place)}`);
  }
  if (!path.startsWith(`${root.replace(/\/$/, "")}/`)) {
    const what = program.isCompiled ? "what was compiled in" : "the working directory";
    return refuse(`is ${path}; allowed: a file in ${root}, ${what}, or below it`);
  }
  if (!Deno.statSync(path).isFile) return refuse(`is ${path}, which is no file`);
  return { ok: true, url: fileUrl(path), path };
}

/**
 * The URL of a file.
 *
 * @param path absolute path
 * @example
 * ```ts
 * import { fileUrl } from "./find_module.ts";
 * import assert from "node:assert/strict";
 * assert.equal(fileUrl("/a b/c#d.ts"), "file:///a%20b/c%23d.ts");
 * ```
 */
export function fileUrl(path: string): string {
  return `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}

function didYouMean(module: string, place: string): string {
  const [folder = "", name = ""] = [
    module.slice(0, module.lastIndexOf("/")),
    module.slice(module.lastIndexOf("/") + 1),
  ];
  try {
    const names = [...Deno.readDirSync(`${folderOf(place)}/`)].map((entry) => entry.name);
    const nearest = nearestName(name, names);
    return nearest === undefined ? "" : `; did you mean ${JSON.stringify(`${folder}/${nearest}`)}?`;
  } catch {
    // The folder is not there either: nothing to suggest.
    return "";
  }
}
