import { stringify } from "yaml";
import type { MeshFile } from "../file/mesh_file.ts";
import type { Exported, ExportedObject, ExportOptions } from "./exported.ts";
import { wrapText } from "../show/wrap_text.ts";
import { exportReadme } from "./export_readme.ts";

/** How YAML is written: lines are never folded. */
const STYLE = { lineWidth: 0 } as const;

/** How wide a comment is, without what makes it one. */
const COLUMNS = 98;

/**
 * The objects of an export as one stream of YAML, as `kubectl apply -f -` takes it.
 *
 * @param exported the export
 */
export function objectsText({ actors, tools }: Exported): string {
  return documents([tools, ...actors]);
}

/**
 * The files of an export, by name.
 *
 * @param mesh the mesh's file
 * @param exported what came of it
 * @param options what the caller said besides
 */
export function exportFiles(
  mesh: MeshFile,
  exported: Exported,
  options: ExportOptions,
): Record<string, string> {
  const { actors, tools, gatewayValues, actorsValues, notes } = exported;
  const from = `made of the mesh ${mesh.name} by asya export`;
  return {
    "actors.yaml": comment([`The actors, ${from}.`, ...notes.map((note) => `- ${note}`)]) +
      documents(actors),
    "tools.yaml": comment([`What the gateway offers, ${from}.`]) + documents([tools]),
    "kustomization.yaml": comment([`For kubectl apply -k, ${from}.`]) +
      stringify({
        apiVersion: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        ...(options.namespace !== undefined && { namespace: options.namespace }),
        resources: ["tools.yaml", "actors.yaml"],
      }, STYLE),
    "values-gateway.yaml": comment([`For the chart asya-gateway, ${from}.`]) +
      stringify(gatewayValues, STYLE),
    "values-actors.yaml": comment([`For the chart asya-actors, ${from}.`]) +
      stringify(actorsValues, STYLE),
    "README.md": exportReadme(mesh, exported, options),
  };
}

function documents(objects: readonly ExportedObject[]): string {
  return objects.map((object) => stringify(object, STYLE)).join("---\n");
}

/** Sentences as comments of YAML, folded where they are long. */
function comment(lines: readonly string[]): string {
  const folded = lines.flatMap((line) => wrapText(line, COLUMNS, 2, 0).split("\n"));
  return folded.map((line) => `# ${line}\n`).join("");
}
