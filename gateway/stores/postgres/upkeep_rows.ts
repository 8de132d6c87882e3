import type { Sql } from "./connection.ts";
import { NEWS_CHANNEL, NEWS_OF_ONE_NOTICE } from "./news.ts";

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
    ORDER BY deadline_ms LIMIT ${limit}`;
  return rows.map(({ id }) => id);
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
      ORDER BY ended_ms LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ),
    a AS (DELETE FROM asya.job_values USING old WHERE job = old.serial),
    b AS (DELETE FROM asya.updates USING old WHERE job = old.serial),
    c AS (DELETE FROM asya.branches USING old WHERE job = old.serial),
    d AS (DELETE FROM asya.branch_ends USING old WHERE job = old.serial),
    e AS (DELETE FROM asya.outbox USING old WHERE job = old.serial),
    f AS (DELETE FROM asya.jobs j USING old WHERE j.serial = old.serial),
    told AS (
      SELECT pg_notify(${NEWS_CHANNEL}, string_agg(id || ' -', E'\\n'))
      FROM (SELECT id, row_number() OVER () / ${NEWS_OF_ONE_NOTICE}::int AS part FROM old) news
      GROUP BY part
    )
    SELECT id FROM old CROSS JOIN (SELECT count(*) FROM told) all_told`;
  return rows.map(({ id }) => id);
}
