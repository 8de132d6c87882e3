/**
 * A whole mesh on one machine, and the `asya` command. A mesh's file becomes a plan, the plan becomes
 * processes, and the processes are kept running. No program is imported here, only started; and
 * nothing that a container would not have may be given to one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMeshFile } from "@asya/cli";
 *
 * const parsed = parseMeshFile(`
 * name: hello
 * actors:
 *   - { name: hello, handler: ./hello.ts }
 * tools:
 *   - { name: say_hello, route: [hello] }
 * `);
 * assert(parsed.ok);
 * assert.deepEqual(parsed.mesh.actors.map((actor) => actor.name), ["hello"]);
 * ```
 *
 * @module
 */
export { HANDLER_PERMISSIONS, type HandlerPermissions, type MeshActor } from "./mesh_actor.ts";
export { type MeshDemo, type MeshFile, type ParsedMeshFile, parseMeshFile } from "./mesh_file.ts";
export type { MeshTool } from "./mesh_tool.ts";
export type { NpmFolders } from "./npm_folders.ts";
export * from "./plan.ts";
export type { ActorPlace } from "./plan_actor.ts";
export type { ProcessPlace, ProcessPlan, Program } from "./plan_process.ts";
export type { Problem } from "./yaml_reader.ts";
