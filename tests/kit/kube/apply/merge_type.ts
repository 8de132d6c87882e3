import { isJsonObject } from "../kube_object.ts";

/**
 * How a value is merged with another, and what of it can be owned apart:
 *
 * - `scalar`: one value, owned as a whole;
 * - `atomic`: a list or map that is owned and replaced as a whole;
 * - `struct`: named fields, each with a type of its own;
 * - `map`: any keys, all of one type; unlike a field of a struct, a key itself is owned;
 * - `set`: a list of scalars, each owned by its value;
 * - `keyed`: a list of objects, each owned by the fields that tell it from the others;
 * - `deduced`: no type is known: objects are maps, everything else is owned as a whole.
 */
export type MergeType =
  | { readonly merges: "scalar"; readonly is?: "string" | "numeric" | "boolean" }
  | { readonly merges: "atomic" | "deduced" | "set" }
  | StructType
  | { readonly merges: "map"; readonly of: MergeType }
  | KeyedType;

/** An object of named fields. */
export interface StructType {
  readonly merges: "struct";
  readonly fields: Readonly<Record<string, MergeType>>;
  /** What other fields are, where there may be any. */
  readonly rest?: MergeType;
}

/** A list of objects that some of their fields tell apart. */
export interface KeyedType {
  readonly merges: "keyed";
  readonly of: MergeType;
  readonly keys: readonly string[];
  /** What a key is where an item does not say it. */
  readonly keyDefaults?: Readonly<Record<string, unknown>>;
}

const DEDUCED: MergeType = { merges: "deduced" };
/** What an object of no known type is. */
export const MAP_OF_DEDUCED: MergeType = { merges: "map", of: DEDUCED };
const ATOMIC: MergeType = { merges: "atomic" };

/** The type that a value has: only what is deduced depends on the value. */
export function typeFor(type: MergeType, ...values: readonly unknown[]): MergeType {
  if (type.merges !== "deduced") return type;
  const isMap = values.every((value) => value === undefined || isJsonObject(value));
  return isMap ? MAP_OF_DEDUCED : ATOMIC;
}

/** The type of one field, if there can be such a field. */
export function fieldType(type: MergeType, field: string): MergeType | undefined {
  if (type.merges === "map") return type.of;
  if (type.merges !== "struct") return undefined;
  return hasName(type, field) ? type.fields[field] : type.rest;
}

/** Whether a field is one of a struct: such a field is not owned by itself, a key of a map is. */
export function hasName(type: MergeType, field: string): boolean {
  return type.merges === "struct" && Object.hasOwn(type.fields, field);
}

/**
 * The type of what one step of a path leads to.
 *
 * @param step as in `fieldsV1`: `f:spec`, `k:{"name":"c"}`, `v:"x"`
 */
export function typeAt(type: MergeType, step: string): MergeType | undefined {
  const known = type.merges === "deduced" ? MAP_OF_DEDUCED : type;
  if (step.startsWith("f:")) return fieldType(known, step.slice(2));
  return known.merges === "keyed" ? known.of : undefined;
}

/**
 * The step of a path that leads to an item of a list.
 *
 * @throws Error where the item lacks a key; the message says which
 */
export function itemStep(type: MergeType, item: unknown): string {
  if (type.merges !== "keyed") return `v:${JSON.stringify(item)}`;
  const keys = type.keys.toSorted().map((key): [string, unknown] => {
    const value = isJsonObject(item) ? item[key] ?? type.keyDefaults?.[key] : undefined;
    if (value !== undefined) return [key, value];
    throw new Error(
      `associative list with keys has an element that omits key field ${
        JSON.stringify(key)
      } (and doesn't have default value)`,
    );
  });
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

/** A list whose items are owned one by one. */
export function isItemized(type: MergeType): boolean {
  return type.merges === "set" || type.merges === "keyed";
}

/** Whether nothing is in a value: not there, null, or an empty list or map. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null ||
    (Array.isArray(value)
      ? value.length === 0
      : isJsonObject(value) && Object.keys(value).length === 0);
}
