import { markdownTable } from "@asya/program";
import { MAX_INT32 } from "../../operator/actor/schema/scalar_fields.ts";
import type { StructuralSchema } from "../../operator/actor/schema/structural.ts";

/**
 * The table of an object's fields, with those of the objects in it. What is in a list as Kubernetes
 * has it, such as containers, is Kubernetes' to tell.
 *
 * @param schema the object
 * @returns Markdown, in the order of the schema
 */
export function schemaTable(schema: StructuralSchema): string {
  const header = ["field", "type", "default", "allowed", "meaning"];
  return markdownTable(header, [...rowsWithin(schema, "")]);
}

function* rowsWithin(schema: StructuralSchema, prefix: string): Generator<string[]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${name}`;
    yield [
      `\`${path}\``,
      typeOf(field),
      defaultOf(field, schema.required?.includes(name) ?? false),
      allowedOf(field),
      field.description ?? "",
    ];
    const { items = field } = field;
    const isOpen = items["x-kubernetes-preserve-unknown-fields"] && items !== field;
    if (!isOpen) yield* rowsWithin(items, items === field ? `${path}.` : `${path}[].`);
  }
}

function typeOf(schema: StructuralSchema): string {
  const { type, items, additionalProperties } = schema;
  if (items) return `list of ${items.type}`;
  return additionalProperties ? `map of ${typeOf(additionalProperties)}` : type;
}

function defaultOf({ default: value, type }: StructuralSchema, isRequired: boolean): string {
  if (isRequired) return "_required_";
  return value === undefined || type === "object" || type === "array"
    ? ""
    : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** What rules say; where they say nothing, what the type allows. */
function allowedOf(schema: StructuralSchema): string {
  const nested = [schema, schema.additionalProperties, schema.additionalProperties?.items];
  const rules = nested.flatMap((one) => one?.["x-kubernetes-validations"] ?? []);
  const { enum: words, minimum, maximum } = schema;
  const range = minimum === undefined
    ? []
    : [maximum === MAX_INT32 ? `${minimum} or more` : `${minimum} to ${maximum}`];
  const choices = words ? [words.map((word) => `\`${word}\``).join(", ")] : [];
  return [...choices, ...range, ...rules.map(({ message }) => message)].join("; ");
}
