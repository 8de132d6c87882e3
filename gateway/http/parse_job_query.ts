import { choice, count, object, optional, type ReadResult, text } from "@asya/protocol";
import type { JobQuery } from "../jobs/stored_job.ts";
import { inText } from "./in_text.ts";
import { readQuery } from "./read_query.ts";

/** Every status that a stored job may have. */
export const JOB_STATUSES = ["Pending", "Running", "Succeeded", "Failed", "Unknown"] as const;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** Reads the query of a list of jobs. */
export const jobQuerySchema = object({
  status: optional(choice(JOB_STATUSES, "only jobs that stand there")),
  tool: optional(text("only jobs of this tool", { maxLength: 200 })),
  q: optional(
    text(
      "how the id begins, or a part of the tool's name, the error or its message, in small or " +
        "large letters; a page searches 20000 jobs, and may have few of them or none, and yet a " +
        "next_cursor",
      { maxLength: 200 },
    ),
  ),
  limit: optional(
    inText(count(1, `how many jobs at most; ${DEFAULT_LIMIT} without it`, MAX_LIMIT)),
  ),
  cursor: optional(text("where the page before ended", {
    pattern: "^[0-9]{1,15}$",
    allowed: "the next_cursor of an earlier answer",
  })),
}, { isClosed: true });

/**
 * Parses the query of a list of jobs. A parameter that there is not is refused: a filter with a
 * slip in its name would list other jobs than were asked for.
 *
 * @param query the URL's parameters
 */
export function parseJobQuery(query: URLSearchParams): ReadResult<JobQuery> {
  const read = readQuery(jobQuerySchema, query);
  if (!read.ok) return read;
  const { limit = DEFAULT_LIMIT, ...filters } = read.value;
  return { ok: true, value: { ...filters, limit } };
}
