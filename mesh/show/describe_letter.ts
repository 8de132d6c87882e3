import { printable } from "@asya/program";
import { isJsonObject, type JsonObject } from "@asya/protocol";
import { formatJson } from "./format_json.ts";

/** What is said of a dead letter in a line each, by how the gateway names it. */
const FACTS = [
  ...["id", "job_id", "tool", "error", "message", "step", "actor", "attempt", "from"],
  ...["created", "queued_at", "bytes", "stored", "replayable", "why_not"],
] as const;

/** What may be large, and stands at the end. */
const VALUES = [
  ...["route", "error_details", "payload", "headers", "original_message", "original_encoding"],
] as const;

/**
 * A dead letter as a person reads it.
 *
 * @param letter as the gateway shows it
 * @param colour whether to use ANSI colours
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { describeLetter } from "./describe_letter.ts";
 * const letter = { id: "5b", job_id: null, error: "timeout_error", payload: { page: 1 } };
 * assert.deepEqual(describeLetter(letter, false), [
 *   "id     5b", "error  timeout_error", "", "payload:", "{", '  "page": 1', "}",
 * ]);
 * ```
 */
export function describeLetter(letter: JsonObject, colour: boolean): string[] {
  const facts = FACTS.flatMap((name) => {
    const value = letter[name];
    if (value === undefined || value === null || value === "") return [];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return [[name.replaceAll("_", " "), printable(text)] as const];
  });
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  const values = VALUES.flatMap((name) => {
    const value = letter[name];
    if (value === undefined || value === null) return [];
    if (isJsonObject(value) && Object.keys(value).length === 0) return [];
    return ["", `${name.replaceAll("_", " ")}:`, ...formatJson(value, colour).split("\n")];
  });
  return [...facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`), ...values];
}
