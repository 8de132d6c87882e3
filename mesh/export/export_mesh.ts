import type { BakedPermissions, SettingsOf } from "@asya/program";
import type { transportSettings } from "@asya/transport";
import type { MeshFile } from "../file/mesh_file.ts";
import { exportActor } from "./export_actor.ts";
import { exportBroker } from "./export_broker.ts";
import { exportValues } from "./export_values.ts";
import { findNotes } from "./find_notes.ts";
import { findProblems } from "./find_problems.ts";
import { type Exported, type ExportedObject, type ExportOptions, toolsMapOf } from "./exported.ts";
import { databaseOf } from "./database.ts";

/** What an export stands on besides the mesh's file. */
export interface ExportPlace extends ExportOptions {
  /** The broker's settings; not there where messages are kept in a file. */
  readonly broker?: SettingsOf<typeof transportSettings>;
  /** What the handlers of joins may do. */
  readonly joinPermissions: BakedPermissions;
}

/** An export, or why there can be none, a sentence each. */
export type MeshExport =
  | { readonly ok: true; readonly exported: Exported }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Turns a mesh into what a cluster takes: the resources of its actors, its tools, and values for the
 * charts of the gateway and the terminal actors. Nothing in it is a secret.
 *
 * @param mesh the mesh's file
 * @param place what the caller says besides
 */
export function exportMesh(mesh: MeshFile, place: ExportPlace): MeshExport {
  const problems = findProblems(mesh);
  if (problems.length > 0) return { ok: false, problems };
  const reached = exportBroker(place.broker);
  const { broker, env, notes } = reached;
  const sidecarEnv = {
    ...env,
    ...(mesh.maxHops !== undefined && { ASYA_MAX_HOPS: String(mesh.maxHops) }),
  };
  const database = databaseOf(mesh.storeUrl);
  const actorPlace = { ...place, broker, sidecarEnv, database };
  const actors = mesh.actors.map((actor) =>
    exportActor({ allowedSteps: mesh.allowedSteps, ...actor }, actorPlace)
  );
  const values = exportValues(mesh, reached, database);
  const exported = {
    actors,
    tools: toolsMap(mesh, place),
    ...values,
    notes: [...notes, ...findNotes(mesh, place, database)],
  };
  return { ok: true, exported };
}

/** The tools, as the gateway of the same mesh reads them here. */
function toolsMap({ name, toolsText }: MeshFile, { namespace }: ExportPlace): ExportedObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: toolsMapOf(name), ...(namespace !== undefined && { namespace }) },
    data: { "tools.yaml": withoutGaps(toolsText) },
  };
}

/** Without the blanks that stand for what is not the gateway's. */
function withoutGaps(text: string): string {
  return `${text.replaceAll(/^ +$/gm, "").replace(/^\n+/, "").trimEnd()}\n`;
}
