import { JOB_STATUSES } from "../../http/parse_job_query.ts";
import type { JobQuery } from "../../jobs/stored_job.ts";

/** What a list of jobs is asked for, as its address says it. */
export interface ListQuery {
  readonly status?: string;
  readonly tool?: string;
  readonly q?: string;
  readonly cursor?: string;
}

/** Jobs on one page. */
export const PAGE_SIZE = 50;

const MAX_LENGTH = 200;

/** What nobody types. */
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;

/**
 * Parses the query of a page of jobs. What means nothing is left out: somebody who follows an old
 * link, or a form with empty fields, sees a list all the same.
 *
 * @param query the address's parameters
 */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const text = (name: string) =>
    query.get(name)?.replace(UNSEEN, "").trim().slice(0, MAX_LENGTH) || undefined;
  const status = JOB_STATUSES.find((status) => status === query.get("status"));
  const [tool, q] = [text("tool"), text("q")];
  const cursor = /^[0-9]{1,15}$/.exec(query.get("cursor") ?? "")?.[0];
  return {
    ...(status !== undefined && { status }),
    ...(tool !== undefined && { tool }),
    ...(q !== undefined && { q }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** The address of a page of jobs. */
export function listPath(query: ListQuery): string {
  const said = Object.entries(query).filter(([, value]) => value !== "");
  const text = new URLSearchParams(said).toString();
  return text === "" ? "/dashboard/jobs" : `/dashboard/jobs?${text}`;
}

/** The same for a store, for the jobs of one owner or of all. */
export function toJobQuery(query: ListQuery, owner: string | undefined): JobQuery {
  return { ...query, owner, limit: PAGE_SIZE };
}
