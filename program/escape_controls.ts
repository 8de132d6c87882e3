/** A control character, with the rest of what sets a colour, or what turns the direction of text. */
const COMMAND = /\p{Cc}(?:\[[\d;]*m)?|[\u202a-\u202e\u2066-\u2069]/gu;

/** How what sets a colour begins; no other command to a terminal is as harmless. */
const COLOUR = "\x1b[";

/**
 * Writes what could command a terminal as JSON writes it: sequences that move the cursor, clear the
 * screen or set a title, and characters that show a text in another order. Colours, line breaks and
 * tabs stay. JSON means the same afterwards.
 *
 * @param text one or several lines
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { escapeControls } from "@asya/program";
 * assert.equal(escapeControls("\x1b[31mred\x1b[0m\n\x1b]0;title\x07"), "\x1b[31mred\x1b[0m\n\\u001b]0;title\\u0007");
 * assert.deepEqual(JSON.parse(escapeControls(JSON.stringify(["\x9b2J"]))), ["\x9b2J"]);
 * ```
 */
export function escapeControls(text: string): string {
  return text.replaceAll(COMMAND, (found) => {
    if (found === "\n" || found === "\t" || found.startsWith(COLOUR)) return found;
    const code = found.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}${found.slice(1)}`;
  });
}
