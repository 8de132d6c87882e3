import type { Sql } from "@asya/program/postgres";
import { limitTo } from "./limit_to.ts";
import type { Unsent } from "../../jobs/stored_job.ts";
import { toArray } from "./array_literal.ts";

/** Bounds the payloads that are taken at once, a single one aside. */
const MAX_TAKEN_BYTES = 32 * 1024 * 1024;

/** How to take messages. */
export interface TakeOptions {
  readonly nowMs: number;
  /** Until then they are kept from others. */
  readonly untilMs: number;
  readonly limit: number;
  /** Who takes them. */
  readonly holder: string;
}

/**
 * Takes messages that are due; two who take at once take different ones.
 *
 * @param sql a connection
 * @param options which ones, for whom
 */
export async function takeDue(sql: Sql, options: TakeOptions): Promise<Unsent[]> {
  const { nowMs, untilMs, limit, holder } = options;
  const rows = await sql`
    WITH due AS MATERIALIZED (
      SELECT job, due_ms FROM asya.outbox WHERE due_ms <= ${nowMs}
      ORDER BY due_ms, job ${limitTo(sql, limit)} FOR UPDATE SKIP LOCKED
    ), sized AS (
      SELECT due.job, v.payload, octet_length(v.payload) AS bytes,
        sum(octet_length(v.payload)) OVER (ORDER BY due.due_ms, due.job) AS bytes_so_far
      FROM due JOIN asya.job_values v ON v.job = due.job
      WHERE v.job = ANY (ARRAY (SELECT job FROM due))
    ), taken AS (
      UPDATE asya.outbox o SET due_ms = ${untilMs}, holder = ${holder}
      FROM sized
      WHERE o.job = sized.job AND (bytes_so_far <= ${MAX_TAKEN_BYTES} OR bytes_so_far = bytes)
      RETURNING o.job, o.headers, sized.payload
    )
    SELECT j.state, taken.payload, taken.headers
    FROM taken JOIN asya.jobs j ON j.serial = taken.job ORDER BY j.serial`;
  return rows.map(({ state, payload, headers }) => ({
    job: JSON.parse(state),
    payload: JSON.parse(payload),
    headers: JSON.parse(headers),
  }));
}

/**
 * Keeps messages from others for longer.
 *
 * @param sql a connection
 * @param ids of their jobs
 * @param untilMs until when
 * @param holder who has them
 * @returns the ids of those that this holder has no longer
 */
export async function holdUnsent(
  sql: Sql,
  ids: readonly string[],
  untilMs: number,
  holder: string,
): Promise<string[]> {
  const rows = await sql`
    WITH held AS MATERIALIZED (
      SELECT o.job, j.id
      FROM unnest(${toArray(ids)}::text[]) AS given (id)
      JOIN asya.jobs j ON j.id = given.id JOIN asya.outbox o ON o.job = j.serial
      WHERE o.holder = ${holder}
      ORDER BY o.job FOR UPDATE OF o
    ), moved AS (
      UPDATE asya.outbox o SET due_ms = ${untilMs} FROM held WHERE o.job = held.job
    )
    SELECT id FROM held`;
  const held = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !held.has(id));
}

/**
 * Forgets messages that were sent, whoever has them.
 *
 * @param sql a connection
 * @param ids of their jobs
 */
export async function settleSent(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql`
    WITH sent AS MATERIALIZED (
      SELECT o.job
      FROM unnest(${toArray(ids)}::text[]) AS given (id)
      JOIN asya.jobs j ON j.id = given.id JOIN asya.outbox o ON o.job = j.serial
      ORDER BY o.job FOR UPDATE OF o
    )
    DELETE FROM asya.outbox o USING sent WHERE o.job = sent.job`;
}
