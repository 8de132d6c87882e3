import { anything, type Schema } from "@asya/protocol";

/**
 * True or false.
 *
 * @param description what it says when it is true
 */
export function flag(description: string): Schema<unknown> {
  return { ...anything(description), isOptional: false, json: { type: "boolean", description } };
}

/**
 * A value that is `null` where there is none.
 *
 * @param schema the value
 */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return {
    ...schema,
    json: { anyOf: [schema.json, { type: "null" }] },
    read: (value, name, problems) => value === null ? null : schema.read(value, name, problems),
  };
}
