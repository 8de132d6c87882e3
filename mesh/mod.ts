/**
 * A whole mesh on one machine, and the `asya` command. A mesh's file becomes a plan, the plan becomes
 * processes, and the processes are kept running. No program is imported here, only started; and
 * nothing that a container would not have may be given to one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMeshFile } from "@asya/cli/mesh";
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
export { HANDLER_PERMISSIONS, type HandlerPermissions, type MeshActor } from "./file/mesh_actor.ts";
export {
  type MeshDemo,
  type MeshFile,
  type ParsedMeshFile,
  parseMeshFile,
} from "./file/mesh_file.ts";
export type { MeshTool } from "./file/mesh_tool.ts";
export type { DeclaredMetric } from "./file/read_metrics.ts";
export * from "./plan/plan.ts";
export type { AccessPlan } from "./plan/plan_access.ts";
export type { ActorPlace, NpmFolders } from "./plan/plan_actor.ts";
export type { ProcessPlace, ProcessPlan, Program } from "./plan/plan_process.ts";
export { planTracing } from "./plan/plan_tracing.ts";
export type { Toolkit } from "./plan/toolkit.ts";
export type { Problem } from "./file/yaml_reader.ts";
