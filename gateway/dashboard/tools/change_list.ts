import { countOf, within } from "./form_path.ts";
import type { FormTexts } from "./fill_form.ts";
import { itemsIn, MAX_ITEMS } from "./read_arguments.ts";

/** What somebody wants of a list in a form. */
export type ListChange =
  | { readonly kind: "add"; readonly path: string }
  | { readonly kind: "remove"; readonly path: string; readonly index: number };

/**
 * Parses what a button of a list says: `add /path`, or `remove 2 /path`.
 *
 * @param text the button's value
 */
export function parseListChange(text: string): ListChange | undefined {
  const [, verb, index, path] = /^(add|remove (\d{1,3})) (\/.*)$/su.exec(text) ?? [];
  if (path === undefined) return undefined;
  return verb === "add" ? { kind: "add", path } : { kind: "remove", path, index: Number(index) };
}

/**
 * Adds an empty item at the end of a list in a form, or removes one from it; everything else stays
 * as it was typed.
 *
 * @param texts what stands in the form's inputs
 * @param change what is wanted
 */
export function changeList(texts: FormTexts, change: ListChange): FormTexts {
  const count = itemsIn(texts, change.path);
  if (change.kind === "add") {
    return new Map([...texts, [countOf(change.path), String(Math.min(count + 1, MAX_ITEMS))]]);
  }
  if (change.index >= count) return texts;
  const moved = [...texts].flatMap(([name, text]) => {
    const mark = /^[#+]/.exec(name)?.[0] ?? "";
    const index = indexOf(name.slice(mark.length), change.path);
    if (index === undefined || index.at < change.index) return [[name, text] as const];
    if (index.at === change.index) return [];
    return [[mark + within(change.path, index.at - 1) + index.rest, text] as const];
  });
  return new Map([...moved, [countOf(change.path), String(count - 1)]]);
}

/** Which item of a list a path leads into, and how it goes on there. */
function indexOf(path: string, list: string): { at: number; rest: string } | undefined {
  if (!path.startsWith(`${list}/`)) return undefined;
  const [, at, rest = ""] = /^(\d+)(\/.*)?$/su.exec(path.slice(list.length + 1)) ?? [];
  return at === undefined ? undefined : { at: Number(at), rest };
}
