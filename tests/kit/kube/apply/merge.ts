import { isJsonObject } from "../kube_object.ts";
import { fieldType, isItemized, itemStep, type MergeType, typeFor } from "./merge_type.ts";

/**
 * Lays what is applied over what is there. Nothing goes: what the applied value does not say stays.
 *
 * @param type of both
 * @param live what is there
 * @param applied what is said
 */
export function merge(declared: MergeType, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  if (live === undefined || live === null || applied === null) return applied;
  const type = typeFor(declared, live, applied);
  if (isItemized(type) && Array.isArray(live) && Array.isArray(applied)) {
    return mergeItems(type, live, applied);
  }
  const isParted = type.merges === "struct" || type.merges === "map";
  if (!isParted || !isJsonObject(live) || !isJsonObject(applied)) return applied;
  const merged: Record<string, unknown> = { ...live };
  for (const [field, value] of Object.entries(applied)) {
    const partType = fieldType(type, field);
    merged[field] = partType ? merge(partType, live[field], value) : value;
  }
  return merged;
}

/**
 * Items that both have come in the order in which they are applied; items that only the live list
 * has stay before the item that they stood before.
 */
function mergeItems(
  type: MergeType,
  live: readonly unknown[],
  applied: readonly unknown[],
): unknown[] {
  const liveItems = new Map(live.map((item) => [itemStep(type, item), item]));
  const appliedItems = new Map(applied.map((item) => [itemStep(type, item), item]));
  const itemType: MergeType = type.merges === "keyed" ? type.of : { merges: "scalar" };
  const waiting = [...liveItems.keys()];
  const merged: unknown[] = [];
  const shared = [...appliedItems.keys()].filter((step) => liveItems.has(step));
  const takeLiveOnes = () => {
    for (let step = waiting[0]; step !== undefined; step = waiting[0]) {
      if (!appliedItems.has(step)) merged.push(liveItems.get(step));
      else if (step === shared[0] || shared.length === 0) return;
      waiting.shift();
    }
  };
  for (const [step, item] of appliedItems) {
    takeLiveOnes();
    merged.push(merge(itemType, liveItems.get(step), item));
    if (shared[0] === step) shared.shift();
    if (waiting[0] === step) waiting.shift();
  }
  takeLiveOnes();
  return [
    ...merged,
    ...waiting.filter((step) => !appliedItems.has(step)).map((step) => liveItems.get(step)),
  ];
}
