import type { Field } from "./schema/field.ts";
import { object } from "./schema/object_fields.ts";
import { text } from "./schema/scalar_fields.ts";

/** One entry of a Secret in the actor's namespace. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/**
 * A field that names one entry of a Secret in the actor's namespace.
 *
 * @param description a sentence for `kubectl explain` and the reference
 */
export function secretKey(description: string): Field<SecretKey, "required"> {
  return object(description, {
    name: text("The name of a Secret in the actor's namespace.", { maxLength: 253 }),
    key: text("The name of its entry.", { maxLength: 253 }),
  });
}
