import type { JsonObject } from "@asya/protocol/json";
import { composeImportMap } from "./import_map.ts";
import { fileUrl } from "./find_module.ts";
import { parseJsonc } from "./jsonc.ts";
import { lockPathOf } from "./lock_path.ts";
import { findProject, folderOf, type Project } from "./project.ts";

/** Names that the modules of a handler's process import from other folders. */
const NAMES = [
  "@asya/program/log",
  "@asya/program/missing_permission",
  "@asya/program/nearest_name",
  "@asya/program/shutdown",
  "@asya/program/trace",
  "@asya/program/tracing",
  "@asya/program/within",
  "@asya/protocol/bookkeeping",
  "@asya/protocol/encode_reply",
  "@asya/protocol/failure",
  "@asya/protocol/framing",
  "@asya/protocol/json",
  "@asya/protocol/measure",
  "@asya/protocol/message",
  "@asya/protocol/parse_failure",
  "@asya/protocol/reply",
  "@asya/protocol/route",
  "@asya/protocol/session",
  "@opentelemetry/api",
] as const;

/** A lock with nothing in it, in the format that every Deno from 2.3 on reads. */
const NO_LOCK = JSON.stringify({ version: "5" });

/** The import map of a handler without a project. */
const NO_IMPORTS = { content: {}, baseUrl: "file:///" };

/** The files beside the socket that a handler's project is told by. */
export interface ProjectFiles {
  /** Absolute path of the import map. */
  readonly importMapPath: string;
  /** Absolute path of the lock. */
  readonly lockPath: string;
}

/** What `deno run` has to be told of a handler's project. */
export interface PlacedProject {
  readonly configPath?: string;
  readonly importMapPath: string;
  /** A lock that may be written to, in place of the project's own. */
  readonly lockPath?: string;
}

/**
 * Lets a handler live in its own project: its `deno.json` counts for it, and the names that this
 * program's modules import still lead to them. For that an import map is written, since a project
 * knows nothing of this program. Where this program comes from a registry, its packages would have to
 * be in the project's lock: a copy of that holds for the handler's packages, and takes ours.
 *
 * @param modulePath absolute path of the handler's module
 * @param files where to write
 * @returns what `deno run` has to be told; `undefined` when the handler belongs to this program's own
 *   project, whose names count for it, or to none beside that
 */
export function placeInProject(
  modulePath: string,
  files: ProjectFiles,
): PlacedProject | undefined {
  const project = findProject(modulePath, readIfThere);
  const own = ownRoot();
  if (own !== undefined && (!project || project.root.path === own)) return undefined;
  const { content, baseUrl } = project ? importsOf(project) : NO_IMPORTS;
  const map = composeImportMap(content, baseUrl, {
    scopes: [import.meta.resolve("./"), ...ownFolderOf(NAMES[0])],
    names: Object.fromEntries(NAMES.flatMap((name) => {
      const target = resolveOwn(name);
      return target === undefined ? [] : [[name, target]];
    })),
    offered: { "@asya/runtime": import.meta.resolve("./mod.ts") },
  });
  const { importMapPath } = files;
  Deno.writeTextFileSync(importMapPath, JSON.stringify(map, null, 2));
  if (!project) return { importMapPath };
  const lockPath = copyLock(project, files.lockPath);
  return { configPath: project.nearest.path, importMapPath, ...(lockPath && { lockPath }) };
}

/** Copies a project's lock, where this program's own packages are not to get into it. */
function copyLock(project: Project, copyPath: string): string | undefined {
  const path = lockPathOf(project);
  if (import.meta.url.startsWith("file:") || path === undefined) return undefined;
  Deno.writeTextFileSync(copyPath, readIfThere(path) ?? NO_LOCK);
  return copyPath;
}

/** Where a name leads; nowhere in a bundle, which has in it what it needs. */
function resolveOwn(name: string): string | undefined {
  try {
    return import.meta.resolve(name);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The folder that a name leads to, whose modules import by name too. */
function ownFolderOf(name: string): string[] {
  const target = resolveOwn(name);
  return target === undefined ? [] : [new URL("./", target).href];
}

/** The project that this program's names come from; none for a bundle, wherever it lies. */
function ownRoot(): string | undefined {
  if (resolveOwn(NAMES[0]) === undefined) return undefined;
  const self = new URL(import.meta.url);
  if (self.protocol !== "file:") return undefined;
  return findProject(decodeURIComponent(self.pathname), readIfThere)?.root.path;
}

/** The project's import map: in its configuration, or in the file that this names. */
function importsOf({ root }: Project): { content: JsonObject; baseUrl: string } {
  const { importMap } = root.content;
  if (typeof importMap !== "string") return { content: root.content, baseUrl: fileUrl(root.path) };
  const path = importMap.startsWith("/") ? importMap : `${folderOf(root.path)}/${importMap}`;
  return { content: parseJsonc(Deno.readTextFileSync(path)) ?? {}, baseUrl: fileUrl(path) };
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
