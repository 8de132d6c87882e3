import type { MergeType } from "../apply/merge_type.ts";

/**
 * The type of a value of a built-in kind, as the API server's own language has it. Unlike those of a
 * schema, its objects have parts that are always there, if only empty.
 */
export type GoType =
  | { readonly is: "bool" | "int32" | "int64"; readonly isPlain?: boolean }
  | { readonly is: "string" | "intOrString" | "quantity" }
  | { readonly is: "time" | "microTime" | "bytes" | "any" }
  | GoStruct
  | { readonly is: "map"; readonly of: GoType; readonly isAtomic?: boolean }
  | GoList;

/** An object of named fields. */
export interface GoStruct {
  readonly is: "struct";
  /** What it is called in messages. */
  readonly name: string;
  readonly fields: Readonly<Record<string, GoType>>;
  /** Fields that are written even when they say nothing: as `{}`. */
  readonly always: readonly string[];
  /** Fields that are there before anything was said, as null. */
  readonly nulls: readonly string[];
  readonly isAtomic?: boolean;
}

/** A list, and how its items are told apart. */
export interface GoList {
  readonly is: "list";
  readonly of: GoType;
  /** `atomic`, `set`, or the fields that tell items apart. */
  readonly items: "atomic" | "set" | readonly string[];
  /** What such a field is where an item does not say it. */
  readonly keyDefaults?: Readonly<Record<string, unknown>>;
}

/** A text. */
export const text: GoType = { is: "string" };
/** Yes or no. */
export const bool: GoType = { is: "bool" };
/** Yes, or not said: no is the same as nothing. */
export const flag: GoType = { is: "bool", isPlain: true };
/** A whole number. */
export const int32: GoType = { is: "int32" };
/** A whole number, where 0 is the same as nothing. */
export const count: GoType = { is: "int32", isPlain: true };
/** A large whole number. */
export const int64: GoType = { is: "int64" };
/** A whole number or a text, such as a port or a percentage. */
export const intOrString: GoType = { is: "intOrString" };
/** How much of something: `500m`, `1Gi`. */
export const quantity: GoType = { is: "quantity" };
/** A point in time, in seconds. */
export const time: GoType = { is: "time" };
/** A point in time, in microseconds. */
export const microTime: GoType = { is: "microTime" };
/** Bytes in base64. */
export const bytes: GoType = { is: "bytes" };
/** Whatever it is. */
export const any: GoType = { is: "any" };

/**
 * An object.
 *
 * @param name of the struct, as in messages
 * @param fields with their types
 * @param options `always` and `nulls`: fields that are there before anything was said
 */
export function struct(
  name: string,
  fields: Readonly<Record<string, GoType>>,
  options: { readonly always?: readonly string[]; readonly nulls?: readonly string[] } = {},
): GoStruct {
  return { is: "struct", name, fields, always: options.always ?? [], nulls: options.nulls ?? [] };
}

/** Texts, numbers or objects by any keys. */
export function map(of: GoType): GoType {
  return { is: "map", of };
}

/** An object or a map that is owned as a whole. */
export function whole<Type extends GoType>(type: Type): Type {
  return { ...type, isAtomic: true };
}

/** A list that is owned as a whole. */
export function list(of: GoType): GoType {
  return { is: "list", of, items: "atomic" };
}

/** A list of scalars each of which is owned for itself. */
export function set(of: GoType): GoType {
  return { is: "list", of, items: "set" };
}

/** A list of objects that some of their fields tell apart. */
export function keyed(
  of: GoType,
  keys: readonly string[],
  keyDefaults?: Readonly<Record<string, unknown>>,
): GoType {
  return { is: "list", of, items: keys, ...(keyDefaults && { keyDefaults }) };
}

/** Fields that are all of one type. */
export function all(of: GoType, ...fields: readonly string[]): Record<string, GoType> {
  return Object.fromEntries(fields.map((field) => [field, of]));
}

/** How values of a type are merged. */
export function mergeTypeOf(type: GoType): MergeType {
  switch (type.is) {
    case "struct": {
      if (type.isAtomic) return { merges: "atomic" };
      const fields = Object.entries(type.fields);
      return {
        merges: "struct",
        fields: Object.fromEntries(fields.map(([name, field]) => [name, mergeTypeOf(field)])),
      };
    }
    case "map":
      return type.isAtomic ? { merges: "atomic" } : { merges: "map", of: mergeTypeOf(type.of) };
    case "list":
      if (type.items === "atomic" || type.items === "set") return { merges: type.items };
      return {
        merges: "keyed",
        of: mergeTypeOf(type.of),
        keys: type.items,
        ...(type.keyDefaults && { keyDefaults: type.keyDefaults }),
      };
    case "any":
      return { merges: "deduced" };
    case "bool":
      return { merges: "scalar", is: "boolean" };
    case "int32":
    case "int64":
      return { merges: "scalar", is: "numeric" };
    case "string":
    case "bytes":
      return { merges: "scalar", is: "string" };
    default:
      return { merges: "scalar" };
  }
}

/** What a value of a type is before anything was said of it. */
export function blankOf(type: GoStruct): Record<string, unknown> {
  const parts = type.always.map((name): [string, unknown] => {
    const field = type.fields[name];
    return [name, field?.is === "struct" ? blankOf(field) : {}];
  });
  return Object.fromEntries([...parts, ...type.nulls.map((name) => [name, null])]);
}
