import type { Sql } from "@asya/program/postgres";
import { type Branch, type BranchReport, lineageOf } from "@asya/protocol";
import { firstSeq } from "../../jobs/stored_job.ts";
import { toArray } from "./array_literal.ts";
import type { ChangeRequest, JobRecord, Snapshot } from "./decide_changes.ts";
import { endOf } from "./intake.ts";
import { NEWS_CHANNEL, partOfNews } from "./news.ts";

/**
 * Reads jobs as some requests need them, at one moment.
 *
 * @param sql a connection
 * @param requests what is asked for
 * @returns by id; unknown jobs are left out
 */
export async function readSnapshots(
  sql: Sql,
  requests: readonly ChangeRequest[],
): Promise<Map<string, Snapshot>> {
  const wanted = new Map<string, Set<string | null>>();
  for (const { id, branch } of requests) {
    const lineages = wanted.get(id) ?? new Set([null]);
    wanted.set(id, lineages);
    for (const lineage of branch === undefined ? [] : lineageOf(branch)) lineages.add(lineage);
  }
  const asked = [...wanted].flatMap(([id, all]) => [...all].map((lineage) => ({ id, lineage })));
  const rows = await sql`
    SELECT j.id, j.serial, j.version, a.lineage,
      CASE WHEN a.lineage IS NULL THEN j.state ELSE b.state END AS state
    FROM unnest(
      ${toArray(asked.map(({ id }) => id))}::text[],
      ${toArray(asked.map(({ lineage }) => lineage))}::text[]
    ) AS a (id, lineage)
    JOIN asya.jobs j ON j.id = a.id
    LEFT JOIN asya.branches b ON b.job = j.serial AND b.lineage = a.lineage`;
  const snapshots = new Map<string, Snapshot>();
  const branches = new Map<string, Map<string, Branch>>();
  for (const { id, serial, version, lineage, state } of rows) {
    const known = branches.get(id) ?? new Map<string, Branch>();
    branches.set(id, known);
    if (lineage === null) {
      snapshots.set(id, { serial, version, job: JSON.parse(state), branches: known });
    } else if (state !== null) known.set(lineage, JSON.parse(state));
  }
  return snapshots;
}

/**
 * Reads how branches of jobs have ended, in the order of the reports.
 *
 * @param sql a connection
 * @param serials numbers of jobs
 * @returns by number
 */
export async function readBranchEnds(
  sql: Sql,
  serials: readonly string[],
): Promise<Map<string, BranchReport[]>> {
  const ends = new Map(serials.map((serial) => [serial, [] as BranchReport[]]));
  const rows = await sql`
    SELECT job, body FROM asya.branch_ends
    WHERE job = ANY (${toArray(serials)}::bigint[]) ORDER BY job, seq`;
  for (const { job, body } of rows) ends.get(job)?.push(JSON.parse(body));
  return ends;
}

/** A record as it is written. */
export interface RecordRow {
  readonly serial: string;
  readonly version: number;
  readonly status: string;
  readonly endedMs: number | undefined;
  readonly state: string;
  readonly result: string | undefined;
  /** Number of its last update, where it has one. */
  readonly lastSeq: number | undefined;
  readonly updates: readonly { readonly seq: number; readonly body: string }[];
  readonly branches: readonly { readonly lineage: string; readonly state: string }[];
  readonly ends: readonly string[];
}

/**
 * Turns a record into text.
 *
 * @param record what is to be recorded
 */
export function toRecordRow(record: JobRecord): RecordRow {
  const { serial, version, job, updates, result, branches, ended } = record;
  const first = firstSeq(job, updates.length);
  return {
    serial,
    version,
    status: job.status,
    endedMs: endOf(job),
    state: JSON.stringify(job),
    result: result === undefined ? undefined : JSON.stringify(result),
    lastSeq: updates.length > 0 ? job.updateCount : undefined,
    updates: updates.map((update, index) => ({ seq: first + index, body: JSON.stringify(update) })),
    branches: branches.map((branch) => ({
      lineage: branch.lineage,
      state: JSON.stringify(branch),
    })),
    ends: ended.map((end) => JSON.stringify(end)),
  };
}

/**
 * The size of a record's text, in characters.
 *
 * @param row what is to be written
 */
export function sizeOfRow({ state, result, updates, ends }: RecordRow): number {
  const texts = [state, result ?? "", ...ends, ...updates.map(({ body }) => body)];
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** By what a statement is known, whether or not its answer arrives. */
export interface WriteMark {
  /** Names who writes, one statement after the other. */
  readonly writer: string;
  /** The statement, from 1. */
  readonly number: number;
}

/**
 * Records changes of jobs that still are as they were read, in one statement, and tells whoever
 * listens that there are more updates. The numbers of the changed jobs stay with its mark until its
 * writer's next one.
 *
 * @param sql a connection
 * @param rows at most one for each job
 * @param mark by what it is known
 * @returns the numbers of the jobs that were changed; somebody else has changed the others
 */
export async function writeRecords(
  sql: Sql,
  rows: readonly RecordRow[],
  mark: WriteMark,
): Promise<Set<string>> {
  const updates = rows.flatMap(({ serial, updates }) =>
    updates.map((update) => ({ serial, ...update }))
  );
  const results = rows.filter(({ result }) => result !== undefined);
  const branches = rows.flatMap(({ serial, branches }) =>
    branches.map((branch) => ({ serial, ...branch }))
  );
  const ends = rows.flatMap(({ serial, ends }) => ends.map((body) => ({ serial, body })));
  const changed = await sql`
    WITH given AS MATERIALIZED (
      SELECT * FROM unnest(
        ${serialsOf(rows)}::bigint[],
        ${toArray(rows.map(({ version }) => version))}::int[],
        ${toArray(rows.map(({ status }) => status))}::text[],
        ${toArray(rows.map(({ endedMs }) => endedMs))}::bigint[],
        ${toArray(rows.map(({ state }) => state))}::text[],
        ${toArray(rows.map(({ lastSeq }) => lastSeq))}::int[]
      ) AS g (serial, version, status, ended_ms, state, seq)
    ), held AS MATERIALIZED (
      -- in one order everywhere, so that no two wait for each other
      SELECT j.serial FROM asya.jobs j JOIN given g ON g.serial = j.serial AND g.version = j.version
      ORDER BY j.serial FOR UPDATE OF j
    ), changed AS (
      UPDATE asya.jobs j
      SET version = j.version + 1, status = g.status, ended_ms = g.ended_ms, state = g.state
      FROM held JOIN given g USING (serial)
      WHERE j.serial = held.serial AND j.version = g.version
      RETURNING j.serial, j.id, g.seq, g.ended_ms
    ), done AS MATERIALIZED (
      SELECT array_agg(serial) AS serials FROM changed
    ), marked AS (
      INSERT INTO asya.writers (writer, number, serials)
      SELECT ${mark.writer}, ${mark.number}, coalesce(serials, '{}') FROM done
      ON CONFLICT (writer) DO UPDATE
      SET number = excluded.number, serials = excluded.serials, at = excluded.at
      WHERE writers.number < excluded.number
    ), updated AS (
      INSERT INTO asya.updates (job, seq, body)
      SELECT u.job, u.seq, u.body
      FROM unnest(
        ${serialsOf(updates)}::bigint[],
        ${toArray(updates.map(({ seq }) => seq))}::int[],
        ${toArray(updates.map(({ body }) => body))}::text[]
      ) AS u (job, seq, body)
      WHERE u.job = ANY ((SELECT serials FROM done)::bigint[])
    ), resulted AS (
      UPDATE asya.job_values v SET result = r.result
      FROM unnest(
        ${serialsOf(results)}::bigint[],
        ${toArray(results.map(({ result }) => result))}::text[]
      ) AS r (job, result)
      WHERE v.job = r.job AND r.job = ANY ((SELECT serials FROM done)::bigint[])
    ), moved AS (
      INSERT INTO asya.branches (job, lineage, state)
      SELECT b.job, b.lineage, b.state
      FROM unnest(
        ${serialsOf(branches)}::bigint[],
        ${toArray(branches.map(({ lineage }) => lineage))}::text[],
        ${toArray(branches.map(({ state }) => state))}::text[]
      ) AS b (job, lineage, state)
      WHERE b.job = ANY ((SELECT serials FROM done)::bigint[])
      ON CONFLICT (job, lineage) DO UPDATE SET state = excluded.state
    ), ended AS (
      INSERT INTO asya.branch_ends (job, body)
      SELECT e.job, e.body
      FROM unnest(
        ${serialsOf(ends)}::bigint[],
        ${toArray(ends.map(({ body }) => body))}::text[]
      ) WITH ORDINALITY AS e (job, body, n)
      WHERE e.job = ANY ((SELECT serials FROM done)::bigint[])
      ORDER BY e.n
    ), unsent AS (
      DELETE FROM asya.outbox WHERE job = ANY (
        ARRAY (SELECT serial FROM changed WHERE ended_ms IS NOT NULL ORDER BY serial)
      )
    ), told AS (
      SELECT pg_notify(${NEWS_CHANNEL}, string_agg(id || ' ' || seq, E'\\n'))
      FROM (
        SELECT id, seq, ${partOfNews(sql)} AS part FROM changed WHERE seq IS NOT NULL
      ) news
      GROUP BY part
    )
    SELECT serial FROM changed CROSS JOIN (SELECT count(*) FROM told) all_told`;
  return new Set(changed.map(({ serial }) => serial));
}

function serialsOf(rows: readonly { readonly serial: string }[]): string {
  return toArray(rows.map(({ serial }) => serial));
}
