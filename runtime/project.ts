import type { JsonObject } from "@asya/protocol/json";
import { parseJsonc } from "./jsonc.ts";

/** A configuration file of Deno. */
export interface ProjectFile {
  /** Absolute path. */
  readonly path: string;
  readonly content: JsonObject;
}

/** The project a module belongs to, as Deno sees it. */
export interface Project {
  /** The nearest configuration above the module. */
  readonly nearest: ProjectFile;
  /** The root of its workspace; the nearest itself where there is none. */
  readonly root: ProjectFile;
}

const NAMES = ["deno.json", "deno.jsonc"];

/**
 * Finds the project of a module: the nearest configuration above it, and the root of its workspace.
 *
 * @param modulePath absolute path of the module
 * @param readText the text of a file, or `undefined` when there is none
 * @example
 * ```ts
 * import { findProject } from "./project.ts";
 * import assert from "node:assert/strict";
 * const files = new Map([
 *   ["/repo/deno.json", '{"workspace": ["./members/*"]}'],
 *   ["/repo/members/ocr/deno.json", "{}"],
 * ]);
 * const project = findProject("/repo/members/ocr/src/ocr.ts", (path) => files.get(path));
 * assert.equal(project?.nearest.path, "/repo/members/ocr/deno.json");
 * assert.equal(project?.root.path, "/repo/deno.json");
 * ```
 */
export function findProject(
  modulePath: string,
  readText: (path: string) => string | undefined,
): Project | undefined {
  const found = [...foldersAbove(modulePath)].flatMap((folder) => readProject(folder, readText));
  const [nearest, ...above] = found;
  if (!nearest) return undefined;
  return { nearest, root: above.find((file) => hasMember(file, nearest)) ?? nearest };
}

function* foldersAbove(path: string): Generator<string> {
  for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
    yield path.slice(0, at);
    if (at === 0) return;
  }
}

function readProject(
  folder: string,
  readText: (path: string) => string | undefined,
): ProjectFile[] {
  for (const name of NAMES) {
    const path = `${folder}/${name}`;
    const text = readText(path);
    if (text !== undefined) return [{ path, content: parseJsonc(text) ?? {} }];
  }
  return [];
}

function hasMember(root: ProjectFile, member: ProjectFile): boolean {
  const { workspace } = root.content;
  const members = Array.isArray(workspace) ? workspace : [];
  const folder = folderOf(member.path).slice(folderOf(root.path).length + 1);
  return members.some((pattern) =>
    typeof pattern === "string" && memberPattern(pattern).test(folder)
  );
}

/** `./packages/*` names every folder in `packages`. */
function memberPattern(pattern: string): RegExp {
  const segments = pattern.replace(/^\.\//, "").replace(/\/$/, "").split("/");
  const source = segments.map((segment) =>
    segment.split("*").map((part) => part.replace(/[^\w-]/g, "\\$&")).join("[^/]*")
  );
  return new RegExp(`^${source.join("/")}$`);
}

/**
 * The folder a file is in.
 *
 * @param path absolute path of the file
 */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
