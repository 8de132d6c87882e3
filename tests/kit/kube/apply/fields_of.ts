import { isJsonObject } from "../kube_object.ts";
import { type FieldSet, FieldSetBuilder } from "./field_set.ts";
import {
  fieldType,
  hasName,
  isEmpty,
  isItemized,
  itemStep,
  type MergeType,
  typeFor,
} from "./merge_type.ts";

/**
 * The fields that somebody owns who applies a value: everything that it says, down to what cannot be
 * owned in parts. A struct is not owned by what is said in it; a key of a map and an item of a list
 * are.
 */
export function fieldsOf(type: MergeType, value: unknown): FieldSet {
  const builder = new FieldSetBuilder();
  visit(type, value, [], builder);
  return builder.set;
}

function visit(
  declared: MergeType,
  value: unknown,
  path: readonly string[],
  owned: FieldSetBuilder,
): void {
  const type = typeFor(declared, value);
  if (type.merges === "scalar" || type.merges === "atomic") return owned.add(path);
  if (isItemized(type)) {
    for (const item of Array.isArray(value) ? value : []) {
      const itemPath = [...path, itemStep(type, item)];
      owned.add(itemPath);
      if (type.merges === "keyed") visit(type.of, item, itemPath, owned);
    }
    return;
  }
  for (const [field, part] of Object.entries(isJsonObject(value) ? value : {})) {
    const partType = fieldType(type, field);
    if (!partType) continue;
    const partPath = [...path, `f:${field}`];
    visit(partType, part, partPath, owned);
    // What says nothing is owned itself: else nobody would know who wanted it.
    const saysNothing = part === null || (isJsonObject(part) && isEmpty(part));
    if (!hasName(type, field) || saysNothing) owned.add(partPath);
  }
}
