import { RE2JS } from "re2js";

/** Matches texts. */
export interface Pattern {
  /** Whether the pattern matches somewhere in a text. */
  test(text: string): boolean;
}

/** A pattern that can be used, or what it is and what would be allowed. */
export type ParsedPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a pattern of a JSON Schema: a regular expression of ECMAScript that can be matched in a time
 * that grows with the text and no faster, since texts come from whoever calls. That is every one
 * without lookaround and back references.
 *
 * @param text the regular expression
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function parsePattern(text: string): ParsedPattern {
  const refuse = (error: unknown, preamble: RegExp, allowed: string): ParsedPattern => {
    const reason = error instanceof Error ? error.message.replace(preamble, "") : String(error);
    return { ok: false, problem: `${JSON.stringify(text)} (${reason}); allowed: ${allowed}` };
  };
  try {
    new RegExp(text, "u");
  } catch (error) {
    return refuse(error, /^.*\/u: /s, "a regular expression of ECMAScript");
  }
  try {
    return { ok: true, pattern: RE2JS.compile(RE2JS.translateRegExp(text)) };
  } catch (error) {
    return refuse(error, /^error parsing regexp: /, "no lookaround, back reference or long repeat");
  }
}
