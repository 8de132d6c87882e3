import { createField, type Field, optional, refuse, type Rule } from "./field.ts";
import { isObject } from "./is_object.ts";
import { choice } from "./scalar_fields.ts";
import type { StructuralSchema } from "./structural.ts";

/** The fields of an object by their names. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What the fields of an object read: those that may be left out may be missing. */
export type ReadFields<F extends Fields> =
  & {
    readonly [K in keyof F as F[K] extends Field<unknown, "optional"> ? never : K]: F[K] extends
      Field<infer T> ? T : never;
  }
  & {
    readonly [K in keyof F as F[K] extends Field<unknown, "optional"> ? K : never]?: F[K] extends
      Field<infer T> ? T : never;
  };

/** Fields that nobody here knows, kept as they are. */
export type Unknown = { readonly [field: string]: unknown };

/**
 * An object of known fields; what else it has is pruned.
 *
 * @param description a sentence for `kubectl explain` and the reference
 * @param fields what it has
 * @param rules what is to be said of several fields together
 * @example
 * ```ts
 * import { optional } from "./field.ts";
 * import { object } from "./object_fields.ts";
 * import { integer } from "./scalar_fields.ts";
 * import assert from "node:assert/strict";
 *
 * const size = { least: integer("In metres.", { min: 0 }), most: integer("In metres.", { min: 0 }) };
 * const range = object("A range.", { ...size, step: optional(integer("In metres.", { min: 1 })) }, [{
 *   cel: "self.least <= self.most",
 *   message: "least must not exceed most",
 *   holds: ({ least, most }) => least <= most,
 * }]);
 * assert.deepEqual(range.schema.required, ["least", "most"]);
 * assert.deepEqual(range.read({ least: 1, most: 2, colour: "red" }, "range", []), { least: 1, most: 2 });
 *
 * const problems: string[] = [];
 * range.read({ least: 3, most: 2 }, "range", problems);
 * assert.deepEqual(problems, ["range: least must not exceed most"]);
 * ```
 */
export function object<F extends Fields>(
  description: string,
  fields: F,
  rules: readonly Rule<ReadFields<F>>[] = [],
): Field<ReadFields<F>, "required"> {
  return createField(
    schemaOf(description, fields),
    rules,
    (value, path, problems) => readFields(fields, value, path, problems) as ReadFields<F>,
  );
}

/**
 * An object of which some fields are known; what else it has is passed through.
 *
 * @param description a sentence for `kubectl explain` and the reference
 * @param fields what is known of it
 * @param rules what is to be said of several fields together
 */
export function openObject<F extends Fields>(
  description: string,
  fields: F,
  rules: readonly Rule<ReadFields<F> & Unknown>[] = [],
): Field<ReadFields<F> & Unknown, "required"> {
  return createField(
    { ...schemaOf(description, fields), "x-kubernetes-preserve-unknown-fields": true },
    rules,
    (value, path, problems) =>
      ({
        ...fieldsBeside(fields, value),
        ...readFields(fields, value, path, problems),
      }) as ReadFields<F> & Unknown,
  );
}

/** What a union reads: one of its types, with the block of that type. */
type OneOf<B> = {
  [K in keyof B & string]:
    & { readonly type: K }
    & { readonly [P in K]: B[K] extends Field<infer T> ? T : never };
}[keyof B & string];

/**
 * An object with a type, and a block of that type's name.
 *
 * @param description a sentence for `kubectl explain` and the reference
 * @param blocks what each type needs
 * @example
 * ```ts
 * import { object, union } from "./object_fields.ts";
 * import { integer } from "./scalar_fields.ts";
 * import assert from "node:assert/strict";
 *
 * const shape = union("A shape.", {
 *   circle: object("A circle.", { radius: integer("In metres.", { min: 1 }) }),
 *   square: object("A square.", { side: integer("In metres.", { min: 1 }) }),
 * });
 * const problems: string[] = [];
 * const read = shape.read({ type: "circle", circle: { radius: 2 } }, "shape", problems);
 * assert.equal(read.type === "circle" && read.circle.radius, 2);
 *
 * shape.read({ type: "square" }, "shape", problems);
 * assert.deepEqual(problems, ["shape: type square needs the block square beside it"]);
 * ```
 */
export function union<B extends Readonly<Record<string, Field<unknown, "required">>>>(
  description: string,
  blocks: B,
): Field<OneOf<B>, "required"> {
  const [first = "", ...others] = Object.keys(blocks);
  const types: [string, ...string[]] = [first, ...others];
  const optionalBlocks = Object.entries(blocks).map(([type, block]) => [type, optional(block)]);
  const fields: Fields = {
    type: choice("Which of the blocks counts.", types),
    ...Object.fromEntries(optionalBlocks),
  };
  const rules = types.map((type): Rule<Unknown> => ({
    cel: `self.type != '${type}' || has(self.${type})`,
    message: `type ${type} needs the block ${type} beside it`,
    holds: (value) => value.type !== type || value[type] !== undefined,
  }));
  // The rules say what the type of an object with optional fields cannot.
  return object(description, fields, rules) as Field<unknown, "required"> as Field<
    OneOf<B>,
    "required"
  >;
}

function schemaOf(description: string, fields: Fields): StructuralSchema {
  const named = Object.entries(fields);
  const required = named.filter(([, { presence }]) => presence === "required").map(([name]) =>
    name
  );
  return {
    type: "object",
    description,
    ...(required.length > 0 && { required }),
    ...(named.length > 0 && {
      properties: Object.fromEntries(named.map(([name, { schema }]) => [name, schema])),
    }),
  };
}

/** What an object has besides known fields. */
function fieldsBeside(fields: Fields, value: unknown): Unknown {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([name]) => !Object.hasOwn(fields, name)));
}

function readFields(fields: Fields, value: unknown, path: string, problems: string[]) {
  if (!isObject(value)) return refuse(problems, path, value, "an object", {});
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    // The API server drops a null where none may be.
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const result = field.read(given ?? undefined, `${path}.${name}`, problems);
    if (result !== undefined) read[name] = result;
  }
  return read;
}
