import type { Sql } from "@asya/program/postgres";
import { limitTo } from "./limit_to.ts";
import type { Census, CountedStatus } from "../../jobs/census.ts";
import { NEWS_CHANNEL, partOfNews } from "./news.ts";

/**
 * Finds active jobs whose deadline has passed, the most overdue first.
 *
 * @param sql a connection
 * @param nowMs milliseconds since the epoch
 * @param limit how many at most
 * @returns their ids
 */
export async function findOverdue(sql: Sql, nowMs: number, limit: number): Promise<string[]> {
  const rows = await sql`
    SELECT id FROM asya.jobs WHERE ended_ms IS NULL AND deadline_ms <= ${nowMs}
    ORDER BY deadline_ms ${limitTo(sql, limit)}`;
  return rows.map(({ id }) => id);
}

/**
 * Counts what is there.
 *
 * @param sql a connection
 * @param limit where each count ends
 */
export async function takeCensus(sql: Sql, limit: number): Promise<Census> {
  const [row] = await sql`
    SELECT ${countsByStatus(sql, limit)},
      (SELECT count(*)::int FROM (SELECT 1 FROM asya.outbox ${limitTo(sql, limit)}) counted)
        AS unsent,
      (SELECT state FROM asya.jobs WHERE serial = (SELECT min(job) FROM asya.outbox)) AS oldest`;
  const { unsent, oldest } = row ?? {};
  return {
    jobs: jobsOf(row),
    unsent,
    ...(oldest && { oldestUnsentAt: JSON.parse(oldest).createdAt }),
  };
}

/**
 * Counts jobs by their status.
 *
 * @param sql a connection
 * @param limit where each count ends
 */
export async function countJobs(sql: Sql, limit: number): Promise<Census["jobs"]> {
  const [row] = await sql`SELECT ${countsByStatus(sql, limit)}`;
  return jobsOf(row);
}

function countsByStatus(sql: Sql, limit: number) {
  const ofStatus = (status: CountedStatus) =>
    sql`(SELECT count(*)::int FROM
      (SELECT 1 FROM asya.jobs WHERE status = ${status} ${limitTo(sql, limit)}) counted)`;
  return sql`
    ${ofStatus("Pending")} AS pending,
    ${ofStatus("Running")} AS running,
    ${ofStatus("Succeeded")} AS succeeded,
    ${ofStatus("Failed")} AS failed`;
}

function jobsOf(row: Readonly<Record<string, number>> = {}): Census["jobs"] {
  const { pending = 0, running = 0, succeeded = 0, failed = 0 } = row;
  return { Pending: pending, Running: running, Succeeded: succeeded, Failed: failed };
}

/**
 * Deletes some jobs that ended before a time, with all that belongs to them, and tells whoever
 * watches them. What somebody else is busy with stays for the next time.
 *
 * @param sql a connection
 * @param beforeMs milliseconds since the epoch
 * @param limit how many at most
 * @returns their ids
 */
export async function deleteEnded(sql: Sql, beforeMs: number, limit: number): Promise<string[]> {
  const rows = await sql`
    WITH old AS MATERIALIZED (
      SELECT serial, id FROM asya.jobs WHERE ended_ms < ${beforeMs}
      ORDER BY ended_ms ${limitTo(sql, limit)} FOR UPDATE SKIP LOCKED
    ),
    ended AS (SELECT array_agg(serial) AS serials FROM old),
    a AS (DELETE FROM asya.job_values WHERE job = ANY ((SELECT serials FROM ended)::bigint[])),
    b AS (DELETE FROM asya.updates WHERE job = ANY ((SELECT serials FROM ended)::bigint[])),
    c AS (DELETE FROM asya.branches WHERE job = ANY ((SELECT serials FROM ended)::bigint[])),
    d AS (DELETE FROM asya.branch_ends WHERE job = ANY ((SELECT serials FROM ended)::bigint[])),
    e AS (DELETE FROM asya.outbox WHERE job = ANY ((SELECT serials FROM ended)::bigint[])),
    f AS (DELETE FROM asya.jobs WHERE serial = ANY ((SELECT serials FROM ended)::bigint[])),
    told AS (
      SELECT pg_notify(${NEWS_CHANNEL}, string_agg(id || ' -', E'\\n'))
      FROM (SELECT id, ${partOfNews(sql)} AS part FROM old) news
      GROUP BY part
    )
    SELECT id FROM old CROSS JOIN (SELECT count(*) FROM told) all_told`;
  return rows.map(({ id }) => id);
}
