import { isJsonObject } from "../kube_object.ts";
import { at, type FieldSet, isNone } from "./field_set.ts";
import { fieldType, isItemized, itemStep, type MergeType, typeFor } from "./merge_type.ts";

/**
 * A value without some of its fields. What nothing is left of becomes null: it was not asked to go.
 *
 * @param declared type of the value
 * @param value what they go from; it stays as it is
 * @param fields what goes
 */
export function removeFields(declared: MergeType, value: unknown, fields: FieldSet): unknown {
  const type = typeFor(declared, value);
  if (isNone(fields) || type.merges === "scalar" || type.merges === "atomic") return value;
  if (Array.isArray(value) && isItemized(type)) {
    const itemType: MergeType = type.merges === "keyed" ? type.of : { merges: "scalar" };
    const left = value.map((item) => ({ item, part: at(fields, itemStep(type, item)) }))
      .filter(({ part }) => !part.isMember)
      .map(({ item, part }) => removeFields(itemType, item, part));
    return left.length > 0 ? left : null;
  }
  if (!isJsonObject(value)) return value;
  const left: Record<string, unknown> = {};
  for (const [field, content] of Object.entries(value)) {
    const part = at(fields, `f:${field}`);
    const partType = fieldType(type, field);
    if (!part.isMember) left[field] = partType ? removeFields(partType, content, part) : content;
  }
  return Object.keys(left).length > 0 ? left : null;
}
