import { StatusError } from "../status_error.ts";
import { pathsOf } from "./field_set.ts";
import type { Manager, Managers } from "./managers.ts";
import type { Contested } from "./yield_fields.ts";

/** 409: fields that would change belong to others. */
export function applyConflict(managers: Managers, contested: Contested): StatusError {
  const groups = [...contested].toSorted(([one], [other]) => one < other ? -1 : 1)
    .map(([id, fields]) => ({ name: nameOf(managers.get(id)), paths: pathsOf(fields) }));
  const causes = groups.flatMap(({ name, paths }) =>
    paths.map((field) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${name}`,
      field,
    }))
  );
  const list = causes.length === 1
    ? `1 conflict: ${causes[0]?.message}: ${causes[0]?.field}`
    : `${causes.length} conflicts: ${
      groups.map(({ name, paths }) =>
        [`conflicts with ${name}:`, ...paths.map((path) => `- ${path}`)].join("\n")
      ).join("\n")
    }`;
  return new StatusError(409, "Conflict", `Apply failed with ${list}`, { causes });
}

function nameOf(manager: Manager | undefined): string {
  if (!manager) return `""`;
  const subresource = manager.subresource
    ? ` with subresource ${JSON.stringify(manager.subresource)}`
    : "";
  const version = manager.operation === "Update" ? ` using ${manager.apiVersion}` : "";
  return `${JSON.stringify(manager.manager)}${subresource}${version}`;
}
