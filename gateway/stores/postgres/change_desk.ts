import { type Pool, troubleOf } from "@asya/program/postgres";
import type { Changed } from "../../jobs/stored_job.ts";
import { type Answer, Batches } from "./batches.ts";
import {
  readBranchEnds,
  readSnapshots,
  type RecordRow,
  sizeOfRow,
  toRecordRow,
} from "./change_rows.ts";
import {
  type ChangeRequest,
  decideChanges,
  type Decided,
  type Snapshot,
} from "./decide_changes.ts";
import { Recorder } from "./recorder.ts";

/** Batches under way; the changes of one job always come to the same lane, in their order. */
const LANES = 2;

/** Requests of one batch. */
const MAX_REQUESTS = 256;

/** Bounds the text of one statement, a single record aside. */
const MAX_STATEMENT_SIZE = 4 * 1024 * 1024;

/** How often a job may change under our hands before we give up: each time, somebody else got on. */
const MAX_ROUNDS = 100;

type Request = ChangeRequest;
type Result = Answer<Changed | undefined>;

/** Requests about one job, and where their answers go. */
interface Group {
  readonly id: string;
  readonly requests: readonly Request[];
  readonly indices: readonly number[];
}

/** A decision that was made, and what is to be written for it. */
interface Draft {
  readonly group: Group;
  readonly decided: Decided;
  readonly row: RecordRow | undefined;
}

/**
 * Changes jobs, many at once: reads them, decides, and writes what was decided where the job still
 * is as it was read. Where it is not, another gateway was faster, and all is done again.
 */
export class ChangeDesk {
  readonly #lanes: readonly Batches<Request, Changed | undefined>[];

  /** @param pool connections to the database */
  constructor(pool: Pool) {
    this.#lanes = Array.from({ length: LANES }, () => {
      const recorder = new Recorder(pool);
      return new Batches({
        ask: (requests) => changeAll(pool, recorder, requests),
        lanes: 1,
        maxQuestions: MAX_REQUESTS,
      });
    });
  }

  /**
   * Changes a job.
   *
   * @returns `undefined` for an unknown one
   */
  async ask(request: Request): Promise<Changed | undefined> {
    return await this.#lanes[laneOf(request.id)]?.ask(request);
  }

  /** Resolves when all requests are answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.settled()));
  }
}

async function changeAll(
  pool: Pool,
  recorder: Recorder,
  requests: readonly Request[],
): Promise<Result[]> {
  const answers: Result[] = requests.map(() => ({ value: undefined }));
  let groups = groupByJob(requests);
  for (let round = 0; groups.length > 0; round++) {
    if (round === MAX_ROUNDS) throw new Error("a job was changed by others all the time");
    const drafts = await decideAll(pool, groups);
    const fates = await recordAll(recorder, drafts.flatMap(({ row }) => row ?? []));
    groups = [];
    for (const { group, decided, row } of drafts) {
      const fate = row ? fates.get(row.serial) : "done";
      if (fate === undefined) groups.push(group);
      else {
        group.indices.forEach((at, index) => {
          const outcome = fate === "done" ? decided.outcomes[index] : fate;
          if (outcome) answers[at] = outcome;
        });
      }
    }
  }
  return answers;
}

/** What became of a record: somebody was faster where there is none. */
type Fate = "done" | { readonly error: unknown };

/** Records what was decided; what goes wrong with some of it is no matter of the rest. */
async function recordAll(
  recorder: Recorder,
  rows: readonly RecordRow[],
): Promise<Map<string, Fate>> {
  const fates = new Map<string, Fate>();
  const parts = [...splitBySize(rows)];
  for (let part = parts.shift(); part; part = parts.shift()) {
    try {
      for (const serial of await recorder.write(part)) fates.set(serial, "done");
    } catch (error) {
      // The values of one must not spoil the others'.
      if (part.length > 1 && troubleOf(error) === "data") {
        parts.unshift(...part.map((row) => [row]));
      } else for (const { serial } of part) fates.set(serial, { error });
    }
  }
  return fates;
}

/** Decides about each job that there is. */
async function decideAll(pool: Pool, groups: readonly Group[]): Promise<Draft[]> {
  const asked = groups.flatMap(({ requests }) => requests);
  const snapshots = await pool.run((sql) => readSnapshots(sql, asked));
  const drafts: Draft[] = [];
  const asking: { group: Group; snapshot: Snapshot }[] = [];
  const add = (group: Group, decided: Decided) => {
    const row = decided.record && toRecordRow(decided.record);
    drafts.push({ group, decided, row });
  };
  for (const group of groups) {
    const snapshot = snapshots.get(group.id);
    if (!snapshot) continue;
    const decided = decideChanges(snapshot, group.requests);
    if (decided === "needs_ended") asking.push({ group, snapshot });
    else add(group, decided);
  }
  if (asking.length === 0) return drafts;
  const serials = asking.map(({ snapshot }) => snapshot.serial);
  const ends = await pool.run((sql) => readBranchEnds(sql, serials));
  for (const { group, snapshot } of asking) {
    const decided = decideChanges(snapshot, group.requests, ends.get(snapshot.serial) ?? []);
    if (decided !== "needs_ended") add(group, decided);
  }
  return drafts;
}

function groupByJob(requests: readonly Request[]): Group[] {
  const groups = new Map<string, { id: string; requests: Request[]; indices: number[] }>();
  requests.forEach((request, index) => {
    const { id } = request;
    const group = groups.get(id) ?? { id, requests: [], indices: [] };
    groups.set(id, group);
    group.requests.push(request);
    group.indices.push(index);
  });
  return [...groups.values()];
}

function* splitBySize(rows: readonly RecordRow[]): Generator<RecordRow[]> {
  let some: RecordRow[] = [];
  let size = 0;
  for (const row of rows) {
    const more = sizeOfRow(row);
    if (some.length > 0 && size + more > MAX_STATEMENT_SIZE) {
      yield some;
      some = [];
      size = 0;
    }
    some.push(row);
    size += more;
  }
  if (some.length > 0) yield some;
}

function laneOf(id: string): number {
  let sum = 0;
  for (let index = 0; index < id.length; index++) sum = (sum * 31 + id.charCodeAt(index)) | 0;
  return Math.abs(sum) % LANES;
}
