import { nearestName } from "@asya/program/nearest_name";
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
 * Finds a handler's module. A file must lie in the working directory or below, links followed.
 *
 * @param specifier the handler
 */
export function findModule(specifier: Specifier): FoundModule {
  const { module, scheme, text } = specifier;
  if (scheme !== "file") return { ok: true, url: module };
  const root = Deno.realPathSync(".");
  const refuse = (problem: string): FoundModule => ({
    ok: false,
    problem: `the handler ${JSON.stringify(text)} ${problem}`,
  });
  let path: string;
  try {
    path = Deno.realPathSync(module);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return refuse(`was looked for in ${root} and is not there${didYouMean(module)}`);
  }
  if (!path.startsWith(`${root.replace(/\/$/, "")}/`)) {
    return refuse(`is ${path}; allowed: a file in ${root}, the working directory, or below it`);
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

function didYouMean(module: string): string {
  const [folder = "", name = ""] = [
    module.slice(0, module.lastIndexOf("/")),
    module.slice(module.lastIndexOf("/") + 1),
  ];
  try {
    const names = [...Deno.readDirSync(folder || "/")].map((entry) => entry.name);
    const nearest = nearestName(name, names);
    return nearest === undefined ? "" : `; did you mean ${JSON.stringify(`${folder}/${nearest}`)}?`;
  } catch {
    // The folder is not there either: nothing to suggest.
    return "";
  }
}
