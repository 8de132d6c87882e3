import { count, object, optional, type ReadResult, text } from "@asya/protocol";
import { LETTER_ID_LENGTH } from "../dead_letters/letter_id.ts";
import type { LetterQuery } from "../dead_letters/letter_query.ts";
import { inText } from "./in_text.ts";
import { readQuery } from "./read_query.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** The form of a letter's id. */
const ID_PATTERN = `^[0-9a-f]{${LETTER_ID_LENGTH}}$`;

/** Reads a letter's id. */
export const letterIdSchema = text("the letter's id, from a listing", { pattern: ID_PATTERN });

/** Reads the query of a list of dead letters. */
export const letterQuerySchema = object({
  step: optional(text("only work of this queue", { maxLength: 255 })),
  error: optional(text("only failures with this code", { maxLength: 200 })),
  tool: optional(text("only jobs of this tool", { maxLength: 200 })),
  job: optional(text("only this job", { maxLength: 200 })),
  q: optional(
    text(
      "how the letter's or the job's id begins, or a part of the error, its message, the step " +
        "or the actor, in small or large letters",
      { maxLength: 200 },
    ),
  ),
  limit: optional(
    inText(count(1, `how many letters at most; ${DEFAULT_LIMIT} without it`, MAX_LIMIT)),
  ),
  cursor: optional(text("where the next page begins", {
    pattern: ID_PATTERN,
    allowed: "the next_cursor of an earlier answer",
  })),
}, { isClosed: true });

/**
 * Parses the query of a list of dead letters; an unknown parameter is refused.
 *
 * @param query the URL's parameters
 */
export function parseLetterQuery(query: URLSearchParams): ReadResult<LetterQuery> {
  const read = readQuery(letterQuerySchema, query);
  if (!read.ok) return read;
  const { limit = DEFAULT_LIMIT, ...filters } = read.value;
  return { ok: true, value: { ...filters, limit } };
}
