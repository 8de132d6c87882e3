import { isJsonObject, type Json, type JsonObject, parseJson } from "@asya/protocol";
import type { Field, ObjectField } from "./form_field.ts";
import { countOf, furtherOf, ROOT, within } from "./form_path.ts";
import type { FormTexts } from "./fill_form.ts";

/** What is wrong with a field, in words. */
export interface FieldProblem {
  /** Where the field stands in the form. */
  readonly path: string;
  readonly text: string;
}

/** The arguments that a form says. */
export interface ReadArguments {
  readonly arguments: JsonObject;
  /** Fields whose text is not what a value can be made of. */
  readonly problems: readonly FieldProblem[];
  /**
   * Where in the form the value at a place of the arguments comes from; items that are left empty
   * are not among the arguments.
   */
  readonly places: ReadonlyMap<string, string>;
}

/** Items of one list that a form takes. */
export const MAX_ITEMS = 100;

/**
 * Reads a form. What is empty is left out; what is no number stays the text that it is, so that the
 * check of the arguments says what is allowed.
 *
 * @param form the form's plan
 * @param texts what stands in its inputs
 */
export function readArguments(form: ObjectField, texts: FormTexts): ReadArguments {
  const problems: FieldProblem[] = [];
  const places = new Map<string, string>();

  const read = (field: Field, path: string, place: string, isRequired: boolean) => {
    places.set(place, path);
    switch (field.kind) {
      case "object": {
        const value = readObject(field, path, place);
        return isRequired || Object.keys(value).length > 0 ? value : undefined;
      }
      case "list": {
        const items = readList(field.item, path, place);
        return isRequired || items.length > 0 ? items : undefined;
      }
      case "text":
        // A browser ends lines as the web does; what people write does not.
        return textAt(path)?.replaceAll("\r\n", "\n");
      case "number": {
        const text = textAt(path)?.trim();
        const parsed = text === undefined ? undefined : parseJson(text);
        return parsed?.ok && typeof parsed.value === "number" ? parsed.value : text;
      }
      case "choice": {
        const text = textAt(path);
        const at = field.options.findIndex((option) => JSON.stringify(option) === text);
        return at < 0 ? text : field.options[at];
      }
      case "json":
        return readJson(path, path);
    }
  };
  const textAt = (name: string) => texts.get(name) || undefined;
  const readJson = (name: string, path: string): Json | undefined => {
    const text = textAt(name);
    const parsed = text === undefined || text.trim() === "" ? undefined : parseJson(text);
    if (parsed?.ok === false) {
      problems.push({ path, text: `this is not JSON, which is allowed: ${parsed.reason}` });
    }
    return parsed?.ok ? parsed.value : undefined;
  };
  const readList = (item: Field, path: string, place: string): Json[] => {
    const items: Json[] = [];
    for (let row = 0; row < itemsIn(texts, path); row++) {
      const value = read(item, within(path, row), within(place, items.length), false);
      if (value !== undefined) items.push(value);
    }
    return items;
  };
  const readObject = (field: ObjectField, path: string, place: string): JsonObject => {
    const members = field.members.flatMap(({ name, field: member, isRequired }) => {
      const value = read(member, within(path, name), within(place, name), isRequired);
      return value === undefined ? [] : [[name, value] as const];
    });
    const name = furtherOf(path);
    const further = field.takesFurther ? readJson(name, name) : undefined;
    if (further !== undefined && !isJsonObject(further)) {
      problems.push({ path: name, text: "this is no object; a JSON object is allowed" });
    }
    const entries = isJsonObject(further) ? Object.entries(further) : [];
    return Object.fromEntries([...entries, ...members]);
  };

  places.set(ROOT, ROOT);
  return { arguments: readObject(form, ROOT, ROOT), problems, places };
}

/** Items of all lists of a form together; whoever has more writes them as JSON. */
const MAX_ITEMS_IN_ALL = 1_000;

/** How many items of a list a form has inputs for. */
export function itemsIn(texts: FormTexts, path: string): number {
  return parseCount(texts.get(countOf(path)) ?? "");
}

/**
 * Whether a form has more items than one can have: a list in a list says for each of its items how
 * many there are, so that a few bytes could stand for any number of inputs.
 *
 * @param texts what stands in its inputs
 */
export function hasTooManyItems(texts: FormTexts): boolean {
  const counts = [...texts].map(([name, text]) => name.startsWith("#/") ? parseCount(text) : 0);
  return counts.reduce((sum, count) => sum + count, 0) > MAX_ITEMS_IN_ALL;
}

function parseCount(text: string): number {
  return /^\d{1,3}$/.test(text) ? Math.min(Number(text), MAX_ITEMS) : 0;
}
