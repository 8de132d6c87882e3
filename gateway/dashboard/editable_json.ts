import { isJsonObject, type Json } from "@asya/protocol";

/** Characters of a value that a form is filled with. */
export const MAX_EDITABLE_CHARS = 64 * 1024;

/** What nobody sees within a text, and would edit unknowingly; ends of lines are JSON's own. */
const UNSEEN = /(?![\n\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A value as JSON for somebody to edit: the same value, with everything in it to be seen.
 *
 * @param value any JSON
 * @returns `undefined` where it is longer than anybody edits
 */
export function editableJson(value: Json): string | undefined {
  if (!mayFit(value, MAX_EDITABLE_CHARS)) return undefined;
  const text = JSON.stringify(value, null, 2).replace(UNSEEN, escapeUnits);
  return text.length > MAX_EDITABLE_CHARS ? undefined : text;
}

/** Whether a value's JSON may be that short; of a long one, not more is looked at than that. */
function mayFit(value: Json, chars: number): boolean {
  const rest: Json[] = [value];
  let left = chars;
  while (left >= rest.length) {
    const one = rest.pop();
    if (one === undefined) return true;
    left -= typeof one === "string" ? one.length : 1;
    const parts = Array.isArray(one) ? one : isJsonObject(one) ? Object.values(one) : [];
    if (parts.length > left) return false;
    for (const part of parts) rest.push(part);
  }
  return false;
}

/** A character as JSON's escapes, of which those beyond the first plane have two. */
function escapeUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
