import { isJsonObject, type Json } from "@asya/protocol";
import type { Field } from "./form_field.ts";
import { countOf, furtherOf, ROOT, within } from "./form_path.ts";

/** What stands in the inputs of a form, by their names. */
export type FormTexts = ReadonlyMap<string, string>;

/**
 * What a form shows for a value, or, where there is none, for what its schema says is there then.
 *
 * @param field the field
 * @param value the value, if there is one
 * @param path where the field stands
 */
export function fillForm(field: Field, value?: Json, path: string = ROOT): FormTexts {
  return new Map(fill(field, value ?? field.byDefault, path));
}

function* fill(
  field: Field,
  value: Json | undefined,
  path: string,
): Generator<readonly [string, string]> {
  switch (field.kind) {
    case "text":
    case "number":
      if (value !== undefined) {
        yield [path, typeof value === "string" ? value : JSON.stringify(value)];
      }
      return;
    case "choice":
    case "json":
      if (value !== undefined) yield [path, showJsonValue(value, field.kind)];
      return;
    case "list": {
      const items = Array.isArray(value) ? value : [];
      yield [countOf(path), String(items.length)];
      for (const [index, item] of items.entries()) {
        yield* fill(field.item, item, within(path, index));
      }
      return;
    }
    case "object": {
      const given = isJsonObject(value) ? value : {};
      for (const { name, field: member } of field.members) {
        const own = Object.hasOwn(given, name) ? given[name] : undefined;
        yield* fill(member, own ?? member.byDefault, within(path, name));
      }
      const known = new Set(field.members.map(({ name }) => name));
      const further = Object.entries(given).filter(([name]) => !known.has(name));
      if (field.takesFurther && further.length > 0) {
        yield [furtherOf(path), showJsonValue(Object.fromEntries(further), "json")];
      }
    }
  }
}

function showJsonValue(value: Json, kind: "choice" | "json"): string {
  return kind === "choice" ? JSON.stringify(value) : JSON.stringify(value, null, 2);
}
