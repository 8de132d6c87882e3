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
  | { readonly merges: "scalar" | "atomic" | "deduced" }
  | {
    readonly merges: "struct";
    readonly fields: Readonly<Record<string, MergeType>>;
    /** Whether it also keeps fields that are not named, of no known type. */
    readonly isOpen?: boolean;
  }
  | { readonly merges: "map"; readonly of: MergeType }
  | { readonly merges: "set" }
  | {
    readonly merges: "keyed";
    readonly of: MergeType;
    readonly keys: readonly string[];
    /** What a key is where an item does not say it. */
    readonly keyDefaults?: Readonly<Record<string, unknown>>;
  };
