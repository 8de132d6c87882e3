import { isObject } from "./is_object.ts";
import { createField, type Field, refuse, type Rule } from "./field.ts";

/** How long a list may be; rules cost what the longest list costs. */
export interface ListOptions {
  readonly maxItems: number;
}

/**
 * A list that its writer owns as a whole.
 *
 * @param description a sentence for `kubectl explain` and the reference
 * @param item what is in it
 * @param options how many of them
 */
export function list<T>(
  description: string,
  item: Field<T, "required">,
  options: ListOptions,
): Field<readonly T[], "required"> {
  const { maxItems } = options;
  return createField(
    {
      type: "array",
      description,
      maxItems,
      items: item.schema,
      "x-kubernetes-list-type": "atomic",
    },
    [],
    (value, path, problems) => {
      if (!Array.isArray(value) || value.length > maxItems) {
        return refuse(problems, path, value, `a list of up to ${maxItems}`, []);
      }
      return value.map((entry, index) => item.read(entry, `${path}[${index}]`, problems));
    },
  );
}

/**
 * A list of things that are told apart by one of their fields: no two are the same there, and each
 * may have its own writer.
 *
 * @param description a sentence for `kubectl explain` and the reference
 * @param key the field
 * @param item what is in it
 * @param options how many of them
 * @example
 * ```ts
 * import { listBy } from "./list_fields.ts";
 * import { object } from "./object_fields.ts";
 * import { text } from "./scalar_fields.ts";
 * import assert from "node:assert/strict";
 *
 * const port = object("A port.", { name: text("Its name.", { maxLength: 15 }) });
 * const ports = listBy("Ports.", "name", port, { maxItems: 8 });
 * const problems: string[] = [];
 * ports.read([{ name: "http" }, { name: "http" }], "ports", problems);
 * assert.deepEqual(problems, ['ports has two of the name "http"; one is allowed']);
 * ```
 */
export function listBy<K extends string, T extends { readonly [P in K]: string }>(
  description: string,
  key: K,
  item: Field<T, "required">,
  options: ListOptions,
): Field<readonly T[], "required"> {
  const plain = list(description, item, options);
  const schema = {
    ...plain.schema,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": [key],
  } as const;
  return createField(schema, [], (value, path, problems) => {
    const before = problems.length;
    const items = plain.read(value, path, problems);
    if (problems.length > before) return items;
    const keys = items.map((item) => item[key]);
    for (const twice of keys.filter((one, index) => keys.indexOf(one) !== index)) {
      problems.push(`${path} has two of the ${key} ${JSON.stringify(twice)}; one is allowed`);
    }
    return items;
  });
}

/** How many entries a map may have, and what rules say of it. */
export interface MapOptions<T> {
  readonly maxProperties?: number;
  readonly rules?: readonly Rule<Readonly<Record<string, T>>>[];
}

/**
 * Values by keys of the writer's own.
 *
 * @param description a sentence for `kubectl explain` and the reference
 * @param entry what each value is
 * @param options how many of them, and what rules say
 */
export function map<T>(
  description: string,
  entry: Field<T, "required">,
  options: MapOptions<T> = {},
): Field<Readonly<Record<string, T>>, "required"> {
  const { maxProperties = Infinity, rules = [] } = options;
  return createField(
    {
      type: "object",
      description,
      ...(maxProperties < Infinity && { maxProperties }),
      additionalProperties: entry.schema,
    },
    rules,
    (value, path, problems) => {
      if (!isObject(value) || Object.keys(value).length > maxProperties) {
        const limit = maxProperties < Infinity ? ` of up to ${maxProperties} entries` : "";
        return refuse(problems, path, value, `an object${limit}`, {});
      }
      // The API server drops a null where none may be.
      const given = Object.entries(value).filter(([, one]) => one !== null);
      const read = given.map(([key, one]) => [key, entry.read(one, `${path}.${key}`, problems)]);
      return Object.fromEntries(read);
    },
  );
}
