/** Where the programs of a mesh are. */
export type Toolkit =
  /** In a folder, as a checkout has them: its absolute path, without a slash at its end. */
  | { readonly folder: string }
  /** In a registry, as packages of one version. */
  | { readonly version: string };

/** A part of the toolkit with modules that are started, or hosted, by their name. */
export type ToolkitPart = "gateway" | "sidecar" | "runtime" | "actors";

/**
 * Finds the programs that belong to this command: those beside it in a checkout, or packages of its
 * own version, where it was loaded from a registry.
 *
 * @param moduleUrl the URL of a module two folders below the toolkit
 * @param version of this command
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findToolkit } from "./toolkit.ts";
 * assert.deepEqual(findToolkit("file:///home/ada/my%20asya/mesh/run/prepare.ts", "1.0.0"), {
 *   folder: "/home/ada/my asya",
 * });
 * assert.deepEqual(findToolkit("https://jsr.io/@asya/cli/1.0.0/run/prepare.ts", "1.0.0"), {
 *   version: "1.0.0",
 * });
 * ```
 */
export function findToolkit(moduleUrl: string, version: string): Toolkit {
  const { protocol, pathname } = new URL("../..", moduleUrl);
  if (protocol !== "file:") return { version };
  return { folder: decodeURIComponent(pathname).replace(/\/$/, "") };
}

/**
 * The module of a part, as `deno run` takes it.
 *
 * @param toolkit where the programs are
 * @param part such as `sidecar`
 * @param name of the module, as the part exports it: `main`, say
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { moduleOf } from "./toolkit.ts";
 * assert.equal(moduleOf({ folder: "/asya" }, "sidecar", "main"), "/asya/sidecar/main.ts");
 * assert.equal(moduleOf({ version: "1.0.0" }, "sidecar", "main"), "jsr:@asya/sidecar@1.0.0/main");
 * ```
 */
export function moduleOf(toolkit: Toolkit, part: ToolkitPart, name: string): string {
  if ("folder" in toolkit) return `${toolkit.folder}/${part}/${name}.ts`;
  return `jsr:@asya/${part}@${toolkit.version}/${name}`;
}

/**
 * What `deno` is told besides: a program from a registry belongs to no project, and to the one in
 * whose folder it runs least of all. One in a checkout belongs to the checkout.
 *
 * @param toolkit where the programs are
 */
export function projectFlags(toolkit: Toolkit): readonly string[] {
  return "folder" in toolkit ? [] : ["--no-config"];
}
