import type { MergeType } from "../apply/merge_type.ts";
import { isJsonObject, type JsonObject } from "../kube_object.ts";

/** Words in a patch that say what is to be done instead of what is to be there. */
const PATCH = "$patch";
const ORDER = "$setElementOrder/";
const DELETE = "$deleteFromPrimitiveList/";
const RETAIN = "$retainKeys";

/**
 * Merges a strategic merge patch: like a merge patch, but lists whose items have a name are merged
 * item by item.
 *
 * @param type how values of this kind are merged
 * @param target what is patched; it stays as it is
 * @param patch what changes
 */
export function strategicMerge(type: MergeType, target: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return mergeList(type, Array.isArray(target) ? target : [], patch);
  if (!isJsonObject(patch)) return patch;
  if (patch[PATCH] === "replace") return withoutWords(patch);
  if (patch[PATCH] === "delete") return {};
  const retained = patch[RETAIN];
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  if (Array.isArray(retained)) {
    for (const field of Object.keys(merged)) if (!retained.includes(field)) delete merged[field];
  }
  for (const [field, change] of Object.entries(patch)) {
    if (field.startsWith(DELETE)) {
      const name = field.slice(DELETE.length);
      const gone = new Set(change as unknown[]);
      merged[name] = ((merged[name] ?? []) as unknown[]).filter((item) => !gone.has(item));
    } else if (field.startsWith("$")) continue;
    else if (change === null) delete merged[field];
    else merged[field] = strategicMerge(typeOf(type, field), merged[field], change);
  }
  for (const [field, order] of Object.entries(patch)) {
    if (!field.startsWith(ORDER)) continue;
    const name = field.slice(ORDER.length);
    merged[name] = sortBy(typeOf(type, name), merged[name], order as unknown[]);
  }
  return merged;
}

function typeOf(type: MergeType, field: string): MergeType {
  if (type.merges === "struct") return type.fields[field] ?? { merges: "deduced" };
  return type.merges === "map" ? type.of : { merges: "deduced" };
}

function mergeList(type: MergeType, target: readonly unknown[], patch: readonly unknown[]) {
  if (type.merges === "set") return [...new Set([...target, ...patch])];
  if (type.merges !== "keyed") return patch;
  const replaced = patch.some((item) => isJsonObject(item) && item[PATCH] === "replace");
  const merged = replaced ? [] : [...target];
  for (const item of patch) {
    if (!isJsonObject(item) || item[PATCH] === "replace") continue;
    const at = merged.findIndex((each) => keyOf(type, each) === keyOf(type, item));
    if (item[PATCH] === "delete") {
      if (at >= 0) merged.splice(at, 1);
    } else if (at >= 0) merged[at] = strategicMerge(type.of, merged[at], item);
    else merged.push(strategicMerge(type.of, {}, item));
  }
  return merged;
}

/** Patches tell items apart by the first of their keys only. */
function keyOf(type: MergeType & { readonly merges: "keyed" }, item: unknown): unknown {
  const [key = ""] = type.keys;
  return (item as JsonObject | undefined)?.[key];
}

function sortBy(type: MergeType, list: unknown, order: readonly unknown[]): unknown {
  if (!Array.isArray(list)) return list;
  const nameOf = (item: unknown) => type.merges === "keyed" ? keyOf(type, item) : item;
  const places = new Map(order.map((item, place) => [nameOf(item), place]));
  const placeOf = (item: unknown) => places.get(nameOf(item)) ?? order.length;
  return list.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function withoutWords(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([field]) => !field.startsWith("$")));
}
