import type { JsonObject, KubeObject } from "../kube_object.ts";
import type { PrinterColumn, ServedKind } from "../served_kind.ts";
import { findByPath } from "./json_path.ts";

const NAME_DESCRIPTION = "Name must be unique within a namespace. Is required when creating " +
  "resources, although some resources may allow a client to request the generation of an " +
  "appropriate name automatically. Name is primarily intended for creation idempotence and " +
  "configuration definition. Cannot be updated. More info: " +
  "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

/** How much of each object a table brings along. */
export type IncludeObject = "Metadata" | "Object" | "None";

const AGE: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
};

/**
 * The table of objects that `kubectl get` asks for.
 *
 * @param kind of the objects
 * @param objects a row each
 * @param metadata of the list
 * @param nowMs from when ages are counted
 */
export function makeTable(
  kind: ServedKind,
  objects: readonly KubeObject[],
  metadata: JsonObject,
  { nowMs, includeObject = "Metadata" }: {
    readonly nowMs: number;
    readonly includeObject?: IncludeObject;
  },
): JsonObject {
  const columns = kind.columns ?? [AGE];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: [
      { name: "Name", type: "string", format: "name", description: NAME_DESCRIPTION, priority: 0 },
      ...columns.map(describe),
    ],
    rows: objects.map((object) => ({
      cells: [object.metadata.name, ...columns.map((column) => cellOf(column, object, nowMs))],
      ...rowObject(object, includeObject),
    })),
  };
}

function describe({ name, type, format = "", description, jsonPath, priority = 0 }: PrinterColumn) {
  const words = description ??
    `Custom resource definition column (in JSONPath format): ${jsonPath}`;
  return { name, type, format, description: words, priority };
}

function rowObject(object: KubeObject, include: IncludeObject): JsonObject {
  if (include === "None") return { object: null };
  return { object: include === "Object" ? object : asPartial(object) };
}

/** An object without anything but its metadata. */
export function asPartial({ metadata }: KubeObject): KubeObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}

function cellOf(column: PrinterColumn, object: KubeObject, nowMs: number): unknown {
  const [value] = findByPath(object, column.jsonPath);
  if (value === undefined) return null;
  if (column.type === "date") return describeAge(nowMs - Date.parse(String(value)));
  if (column.type === "string") return typeof value === "string" ? value : JSON.stringify(value);
  return value;
}

/** A duration as people are shown it: the two largest units where the larger one is small. */
function describeAge(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return withRest(days, "d", hours % 24, "h");
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? withRest(years, "y", days % 365, "d") : `${years}y`;
}

function withRest(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`;
}
