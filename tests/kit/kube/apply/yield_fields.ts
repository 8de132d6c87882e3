import type { Comparison } from "./compare.ts";
import { type FieldSet, intersect, isNone, subtract, unite } from "./field_set.ts";
import type { Managers } from "./managers.ts";

/** What some managers own of what changes, by who they are. */
export type Contested = ReadonlyMap<string, FieldSet>;

/** Who else owns what changes. */
export function findContested(managers: Managers, change: Comparison, self?: string): Contested {
  const touched = unite(change.added, change.modified);
  const contested = [...managers].filter(([id]) => id !== self)
    .map(([id, { fields }]): [string, FieldSet] => [id, intersect(fields, touched)])
    .filter(([, fields]) => !isNone(fields));
  return new Map(contested);
}

/** Takes from everybody else what changes, and what is gone. */
export function yieldFields(managers: Managers, change: Comparison, self?: string): Managers {
  const lost = unite(unite(change.added, change.modified), change.removed);
  return new Map(
    [...managers].map(([id, manager]) => [
      id,
      id === self ? manager : { ...manager, fields: subtract(manager.fields, lost) },
    ]),
  );
}
