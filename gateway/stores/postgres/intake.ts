import type { Sql } from "@asya/program/postgres";
import { isTerminal, type Job } from "@asya/protocol";
import type { Entry } from "../../jobs/stored_job.ts";
import { toArray } from "./array_literal.ts";

/** An entry, and its values as they are stored. */
export interface IntakeRow {
  readonly entry: Entry;
  readonly payload: string;
}

/**
 * Stores jobs with all that belongs to them, in one statement: all of them or none.
 *
 * @param sql a connection
 * @param rows what to store
 * @param holder who sends their messages first
 */
export async function insertJobs(
  sql: Sql,
  rows: readonly IntakeRow[],
  holder: string,
): Promise<void> {
  const jobs = rows.map(({ entry }) => entry.job);
  const updates = rows.flatMap(({ entry }) =>
    entry.updates.map((update, index) => ({ id: entry.job.id, seq: index + 1, update }))
  );
  await sql`
    WITH given AS MATERIALIZED (
      SELECT nextval('asya.job_serials') AS serial, g.*
      FROM unnest(
        ${toArray(jobs.map(({ id }) => id))}::text[],
        ${toArray(jobs.map(({ status }) => status))}::text[],
        ${toArray(jobs.map(({ tool }) => tool))}::text[],
        ${toArray(jobs.map(({ owner }) => owner))}::text[],
        ${toArray(jobs.map(({ deadline }) => Date.parse(deadline)))}::bigint[],
        ${toArray(jobs.map(endOf))}::bigint[],
        ${toArray(jobs.map((job) => JSON.stringify(job)))}::text[],
        ${toArray(rows.map(({ payload }) => payload))}::text[],
        ${toArray(rows.map(({ entry: { result } }) => toJson(result)))}::text[],
        ${toArray(rows.map(({ entry: { outgoing } }) => toJson(outgoing?.headers)))}::text[],
        ${toArray(rows.map(({ entry: { outgoing } }) => outgoing?.dueMs))}::bigint[],
        ${toArray(rows.map(({ entry: { key } }) => key?.id))}::text[],
        ${toArray(rows.map(({ entry: { key } }) => key?.digest))}::text[]
      ) AS g (id, status, tool, owner, deadline_ms, ended_ms, state, payload, result, headers, due_ms,
        key, key_digest)
    ), stored AS (
      INSERT INTO asya.jobs
        (serial, id, status, tool, owner, deadline_ms, ended_ms, state, key, key_digest)
      SELECT serial, id, status, tool, owner, deadline_ms, ended_ms, state, key, key_digest FROM given
    ), valued AS (
      INSERT INTO asya.job_values (job, payload, result) SELECT serial, payload, result FROM given
    ), outgoing AS (
      INSERT INTO asya.outbox (job, headers, holder, due_ms)
      SELECT serial, headers, ${holder}, due_ms FROM given WHERE headers IS NOT NULL
    )
    INSERT INTO asya.updates (job, seq, body)
    SELECT given.serial, u.seq, u.body
    FROM unnest(
      ${toArray(updates.map(({ id }) => id))}::text[],
      ${toArray(updates.map(({ seq }) => seq))}::int[],
      ${toArray(updates.map(({ update }) => JSON.stringify(update)))}::text[]
    ) AS u (id, seq, body)
    JOIN given USING (id)`;
}

/**
 * When a job ended, in milliseconds since the epoch.
 *
 * @param job any job
 */
export function endOf(job: Job): number | undefined {
  return isTerminal(job.status) ? Date.parse(job.updatedAt) : undefined;
}

function toJson(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
