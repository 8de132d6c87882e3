import type { JobQuery } from "../jobs/stored_job.ts";

/** A query for jobs, or what is wrong with it. */
export type ParsedJobQuery =
  | { readonly ok: true; readonly query: JobQuery }
  | { readonly ok: false; readonly problem: string };

const STATUSES = ["Pending", "Running", "Succeeded", "Failed", "Unknown"];
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/**
 * Parses the query of a list of jobs; parameters that it does not know are ignored.
 *
 * @param query the URL's parameters
 */
export function parseJobQuery(query: Readonly<Record<string, string>>): ParsedJobQuery {
  const { status, tool, limit = String(DEFAULT_LIMIT), cursor } = query;
  const refuse = (name: string, got: string, allowed: string): ParsedJobQuery => ({
    ok: false,
    problem: `${name} is ${JSON.stringify(got)}; allowed: ${allowed}`,
  });
  if (status !== undefined && !STATUSES.includes(status)) {
    return refuse("status", status, STATUSES.join(", "));
  }
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT) {
    return refuse("limit", limit, `a whole number from 1 to ${MAX_LIMIT}`);
  }
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
    return refuse("cursor", cursor, "the next_cursor of an earlier answer");
  }
  return { ok: true, query: { status, tool, limit: Number(limit), cursor } };
}
