import type { Sql } from "@asya/program/postgres";
import type { Job, JobUpdate } from "@asya/protocol";
import type { JobPage, JobQuery, NumberedUpdate, StoredJob, Taken } from "../../jobs/stored_job.ts";
import { searchJobs } from "../search_jobs.ts";
import { isStorable, toArray } from "./array_literal.ts";
import { readBranchEnds } from "./change_rows.ts";

/** A question for the updates of a job. */
export interface UpdateQuestion {
  readonly id: string;
  /** Number of the last one that is known. */
  readonly after: number;
  readonly limit: number;
}

/**
 * Reads jobs with all that belongs to them.
 *
 * @param sql a connection
 * @param ids of jobs
 * @returns by id; unknown ones are left out
 */
export async function readJobs(sql: Sql, ids: readonly string[]): Promise<Map<string, StoredJob>> {
  const rows = await sql`
    SELECT j.serial, j.id, j.state, v.payload, v.result
    FROM asya.jobs j JOIN asya.job_values v ON v.job = j.serial
    WHERE j.id = ANY (${toArray([...new Set(ids)])}::text[])`;
  const found = rows.map(({ serial, state, payload, result }) => ({
    ...{ serial, payload, result },
    job: parseJob(state),
  }));
  const failed = found.filter(({ job }) => job.status === "Failed");
  const ends = failed.length > 0
    ? await readBranchEnds(sql, failed.map(({ serial }) => serial))
    : undefined;
  return new Map(found.map(({ serial, job, payload, result }) => {
    const ended = ends?.get(serial) ?? [];
    return [job.id, {
      job,
      payload: JSON.parse(payload),
      ...(result !== null && { result: JSON.parse(result) }),
      ...(ended.length > 0 && { ended }),
    }];
  }));
}

/**
 * Finds the job that is stored under a key.
 *
 * @param sql a connection
 * @param keyId the key
 */
export async function findKey(sql: Sql, keyId: string): Promise<Taken | undefined> {
  const [row] = await sql`SELECT state, key_digest FROM asya.jobs WHERE key = ${keyId}`;
  return row && { job: parseJob(row.state), digest: row.key_digest };
}

/**
 * Lists jobs, newest first.
 *
 * @param sql a connection
 * @param query which ones
 */
export async function listJobs(sql: Sql, query: JobQuery): Promise<JobPage> {
  const { status, tool, owner, q, limit, cursor } = query;
  if (![status, tool, owner, q].every((text = "") => isStorable(text))) return { jobs: [] };
  if (q !== undefined) return await findJobs(sql, query, q);
  const before = Number(cursor ?? Number.MAX_SAFE_INTEGER);
  const rows = await sql`
    SELECT serial, state FROM asya.jobs WHERE serial < ${before} ${filtersOf(sql, query)}
    ORDER BY serial DESC LIMIT ${limit + 1}`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    jobs: page.map(({ state }) => parseJob(state)),
    ...(last && rows.length > page.length && { next: String(last.serial) }),
  };
}

async function findJobs(sql: Sql, query: JobQuery, q: string): Promise<JobPage> {
  const [span] = await sql`
    SELECT min(serial)::float8 AS lowest, max(serial)::float8 AS highest FROM asya.jobs`;
  return await searchJobs(query, q, {
    span: typeof span?.lowest === "number"
      ? { lowest: span.lowest, highest: span.highest }
      : undefined,
    async rows({ below, from, count, texts: { plain, inJson } }) {
      // The collation makes small letters of ASCII alone, in every database.
      const rows = await sql`
        SELECT serial::float8 AS serial, state FROM asya.jobs
        WHERE serial < ${below} AND serial >= ${from} ${filtersOf(sql, query)} AND (
          starts_with(lower(id COLLATE "C"), ${plain})
          OR strpos(lower(tool COLLATE "C"), ${plain}) > 0
          OR (status = 'Failed' AND strpos(lower(state COLLATE "C"), ${inJson}) > 0)
        )
        ORDER BY serial DESC LIMIT ${count}`;
      return rows.map(({ serial, state }) => ({ serial, job: parseJob(state) }));
    },
  });
}

function filtersOf(sql: Sql, { status, tool, owner }: JobQuery) {
  return sql`
    ${status === undefined ? sql`` : sql`AND status = ${status}`}
    ${tool === undefined ? sql`` : sql`AND tool = ${tool}`}
    ${owner === undefined ? sql`` : sql`AND owner = ${owner}`}`;
}

/**
 * Reads slices of jobs' updates.
 *
 * @param sql a connection
 * @param questions which ones
 * @returns one slice for each, in their order; nothing for an unknown job
 */
export async function readUpdates(
  sql: Sql,
  questions: readonly UpdateQuestion[],
): Promise<(NumberedUpdate[] | undefined)[]> {
  const rows = await sql`
    SELECT q.n, u.seq, u.body
    FROM unnest(
      ${toArray(questions.map(({ id }) => id))}::text[],
      ${toArray(questions.map(({ after }) => after))}::int[],
      ${toArray(questions.map(({ limit }) => limit))}::int[]
    ) WITH ORDINALITY AS q (id, seq, slice, n)
    JOIN asya.jobs j ON j.id = q.id
    LEFT JOIN LATERAL (
      SELECT seq, body FROM asya.updates
      WHERE job = j.serial AND seq > q.seq ORDER BY seq LIMIT q.slice
    ) u ON true
    ORDER BY q.n, u.seq`;
  const slices: (NumberedUpdate[] | undefined)[] = questions.map(() => undefined);
  for (const { n, seq, body } of rows) {
    const slice = slices[Number(n) - 1] ??= [];
    if (seq !== null) slice.push({ seq, update: parseUpdate(body) });
  }
  return slices;
}

function parseJob(text: string): Job {
  return JSON.parse(text);
}

function parseUpdate(text: string): JobUpdate {
  return JSON.parse(text);
}
