import type { Job } from "@asya/protocol";
import { foldCase, isFound } from "../jobs/is_found.ts";
import type { JobPage, JobQuery } from "../jobs/stored_job.ts";

/** A job and its number in a store: the newest has the highest. */
export interface NumberedJob {
  readonly serial: number;
  readonly job: Job;
}

/** Texts that rows are compared with, in small letters. */
export interface SearchTexts {
  /** As it is searched for. */
  readonly plain: string;
  /** As it stands in the JSON of a job. */
  readonly inJson: string;
}

/** Which rows a store looks at. */
export interface SearchedRows {
  /** Only rows with a lower number. */
  readonly below: number;
  /** Only rows with this number or a higher one. */
  readonly from: number;
  /** How many at most. */
  readonly count: number;
  /** What may be found; a row that has it in another place is no matter. */
  readonly texts: SearchTexts;
}

/** Where jobs are searched. */
export interface Searched {
  /** The lowest and the highest number of a job; `undefined` when there is none. */
  readonly span: { readonly lowest: number; readonly highest: number } | undefined;
  /** Rows that may be found, the newest first. */
  readonly rows: (which: SearchedRows) => Promise<readonly NumberedJob[]>;
}

/** How many numbers one page searches: a few tenths of a second. */
export const SEARCHED_AT_ONCE = 20_000;

/** How many rows are read at a time. */
const ROWS_AT_A_TIME = 500;

/**
 * Searches jobs, newest first. No index knows what an error says: a page looks at so many jobs and no
 * more, may have fewer than were asked for, and says where the search goes on.
 *
 * @param query what is searched for, and where the page before ended
 * @param search the text
 * @param searched where
 */
export async function searchJobs(
  { limit, cursor }: Pick<JobQuery, "limit" | "cursor">,
  search: string,
  { span, rows }: Searched,
): Promise<JobPage> {
  if (span === undefined) return { jobs: [] };
  const texts = {
    plain: foldCase(search),
    inJson: foldCase(JSON.stringify(search).slice(1, -1)),
  };
  let below = Math.min(Number(cursor ?? Infinity), span.highest + 1);
  const from = Math.max(below - SEARCHED_AT_ONCE, span.lowest);
  const found: NumberedJob[] = [];
  for (let isMore = true; isMore && found.length <= limit;) {
    const some = await rows({ below, from, count: ROWS_AT_A_TIME, texts });
    found.push(...some.filter(({ job }) => isFound(job, search)));
    below = some.at(-1)?.serial ?? from;
    isMore = some.length === ROWS_AT_A_TIME;
  }
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1)?.serial : undefined;
  const next = last ?? (from > span.lowest ? from : undefined);
  return { jobs: page.map(({ job }) => job), ...(next !== undefined && { next: String(next) }) };
}
