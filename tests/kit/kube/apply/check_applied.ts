import { isJsonObject } from "../kube_object.ts";
import { writeStep } from "./field_set.ts";
import { fieldType, isItemized, itemStep, type MergeType, typeFor } from "./merge_type.ts";

/**
 * Why a value is none of its type: a field that the type does not have, another kind of value, two
 * items of the same key.
 *
 * @returns sentences such as `.spec.bogus: field not declared in schema`
 */
export function checkApplied(declared: MergeType, value: unknown, path = ""): string[] {
  if (value === null) return [];
  const type = typeFor(declared, value);
  if (type.merges === "atomic") return [];
  if (type.merges === "scalar") return checkScalar(type.is, value, path);
  if (isItemized(type)) {
    if (!Array.isArray(value)) return [`${path}: expected list, got ${write(value)}`];
    return checkItems(type, value, path);
  }
  if (!isJsonObject(value)) return [`${path}: expected map, got ${write(value)}`];
  return Object.entries(value).flatMap(([field, part]) => {
    const partType = fieldType(type, field);
    const partPath = `${path}.${field}`;
    return partType
      ? checkApplied(partType, part, partPath)
      : [`${partPath}: field not declared in schema`];
  });
}

function checkItems(type: MergeType, items: readonly unknown[], path: string): string[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    let step;
    try {
      step = itemStep(type, item);
    } catch (error) {
      return [`${path}: element ${index}: ${error instanceof Error ? error.message : error}`];
    }
    if (seen.has(step)) return [`${path}: duplicate entries for key ${writeStep(step)}`];
    seen.add(step);
    return type.merges === "keyed" ? checkApplied(type.of, item, path + writeStep(step)) : [];
  });
}

function checkScalar(is: string | undefined, value: unknown, path: string): string[] {
  const got = typeof value === "number" ? "numeric" : typeof value;
  return is === undefined || is === got ? [] : [`${path}: expected ${is}, got ${write(value)}`];
}

/** As Go writes what was decoded. */
function write(value: unknown): string {
  return `&value.valueUnstructured{Value:${JSON.stringify(value)}}`;
}
