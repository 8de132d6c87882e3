import { isJsonObject, isSame, type JsonObject } from "../kube_object.ts";
import { type FieldSet, FieldSetBuilder, without } from "./field_set.ts";
import {
  fieldType,
  isEmpty,
  isItemized,
  itemStep,
  MAP_OF_DEDUCED,
  type MergeType,
  typeFor,
} from "./merge_type.ts";

/** How one value became another. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/**
 * Says which fields came, changed and went.
 *
 * @param type of both values
 * @param before what was
 * @param after what is
 * @param ignored steps from the whole value to what is not looked at
 */
export function compare(
  type: MergeType,
  before: unknown,
  after: unknown,
  ignored: readonly string[] = [],
): Comparison {
  const walk = new Walk();
  walk.visit(type, before, after, []);
  return {
    added: without(walk.added.set, ignored),
    modified: without(walk.modified.set, ignored),
    removed: without(walk.removed.set, ignored),
  };
}

class Walk {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();

  visit(declared: MergeType, before: unknown, after: unknown, path: readonly string[]): void {
    const type = typeFor(declared, before, after);
    const isWhole = type.merges === "scalar" || type.merges === "atomic" ||
      (isEmpty(before) && isEmpty(after));
    if (before === undefined) this.added.add(path);
    else if (after === undefined) this.removed.add(path);
    else if (isWhole && !isSame(before, after)) this.modified.add(path);
    // What was a map and is none any more, or the other way round, also changed in its parts.
    if (declared.merges === "deduced") this.#visitFields(MAP_OF_DEDUCED, before, after, path);
    if (isWhole || declared.merges === "deduced") return;
    if (isItemized(type)) this.#visitItems(type, before, after, path);
    else this.#visitFields(type, before, after, path);
  }

  #visitItems(type: MergeType, before: unknown, after: unknown, path: readonly string[]): void {
    const old = byStep(type, before);
    const young = byStep(type, after);
    const itemType: MergeType = type.merges === "keyed" ? type.of : { merges: "scalar" };
    for (const step of new Set([...old.keys(), ...young.keys()])) {
      const [one, other] = [old.get(step) ?? [], young.get(step) ?? []];
      const itemPath = [...path, step];
      // Twice the same key: the item can only be owned as a whole.
      if (one.length > 1 || other.length > 1) {
        if (one.length === 0) this.added.add(itemPath);
        else if (other.length === 0) this.removed.add(itemPath);
        else if (!isSame(one, other)) this.modified.add(itemPath);
      } else this.visit(itemType, one[0], other[0], itemPath);
    }
  }

  #visitFields(type: MergeType, before: unknown, after: unknown, path: readonly string[]): void {
    const old: JsonObject = isJsonObject(before) ? before : {};
    const young: JsonObject = isJsonObject(after) ? after : {};
    for (const field of new Set([...Object.keys(old), ...Object.keys(young)])) {
      const partType = fieldType(type, field);
      if (partType) this.visit(partType, old[field], young[field], [...path, `f:${field}`]);
    }
  }
}

function byStep(type: MergeType, list: unknown): Map<string, unknown[]> {
  return Map.groupBy(Array.isArray(list) ? list : [], (item) => itemStep(type, item));
}
