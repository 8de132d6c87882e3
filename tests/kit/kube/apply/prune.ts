import { type FieldSet, intersect, subtract, unite } from "./field_set.ts";
import { fieldsOf } from "./fields_of.ts";
import { hasName, type MergeType, typeAt } from "./merge_type.ts";
import { removeFields } from "./remove_fields.ts";

/**
 * Takes away what a manager applied last time and does not say any more, unless somebody else owns
 * it, too.
 *
 * @param type of the value
 * @param merged what is there, with what is applied laid over it
 * @param last what the manager owned after its last apply
 * @param owned what anybody owns, and what this manager says
 */
export function prune(type: MergeType, merged: unknown, last: FieldSet, owned: FieldSet): unknown {
  const everything = withStructs(type, fieldsOf(type, merged));
  const lastWhole = withStructs(type, last);
  const pruned = removeFields(type, merged, lastWhole);

  // Going with something that goes is not enough: what others own in it, and so it itself, stays.
  const kept = unite(fieldsIn(type, pruned), withStructs(type, owned));
  const restored = removeFields(type, merged, subtract(everything, kept));

  // Nor goes what nobody owned.
  const gone = subtract(everything, fieldsIn(type, restored));
  return removeFields(type, merged, intersect(gone, lastWhole));
}

function fieldsIn(type: MergeType, value: unknown): FieldSet {
  return withStructs(type, fieldsOf(type, value));
}

/** Nobody owns a struct; here it counts as owned by whoever owns something in it. */
function withStructs(type: MergeType, set: FieldSet, isStruct = false): FieldSet {
  return {
    isMember: set.isMember || isStruct,
    parts: new Map(
      [...set.parts].map(([step, part]) => {
        const partType = typeAt(type, step) ?? { merges: "deduced" };
        return [
          step,
          withStructs(partType, part, part.parts.size > 0 && hasName(type, step.slice(2))),
        ];
      }),
    ),
  };
}
