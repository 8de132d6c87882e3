/**
 * Where a field stands in a form: the names and positions that lead to it, as a JSON Pointer (RFC
 * 6901), which is the name of its input.
 *
 * @module
 */

/** The path of the whole form. */
export const ROOT = "";

/**
 * The path of something in an object or a list.
 *
 * @param path of the object or the list
 * @param step its name or its position, from 0
 */
export function within(path: string, step: string | number): string {
  return `${path}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The name of the input that says how many items of a list there are. */
export function countOf(path: string): string {
  return `#${path}`;
}

/** The name of the input for what an object has besides its members, as JSON. */
export function furtherOf(path: string): string {
  return `+${path}`;
}

/**
 * A path as the id of an element: letters, digits, `-` and `_` alone, and another one for each path.
 *
 * @param path any of the above
 */
export function idOf(path: string): string {
  return `field${
    path.replace(/[^A-Za-z0-9-]/gu, (char) => `_${char.codePointAt(0)?.toString(16)}_`)
  }`;
}
