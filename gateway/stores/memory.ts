import {
  type Branch,
  type BranchReport,
  isTerminal,
  type Job,
  type JobUpdate,
  type Json,
  lineageOf,
} from "@asya/protocol";
import type {
  Changed,
  Created,
  Entry,
  JobKey,
  JobPage,
  JobQuery,
  NumberedUpdate,
  Outgoing,
  StoredJob,
  Taken,
  Transition,
  Unsent,
} from "../jobs/stored_job.ts";
import type { Census } from "../jobs/census.ts";
import { isFound } from "../jobs/is_found.ts";
import type { PulseRow } from "../overview/pulse_store.ts";
import type { Store } from "./store.ts";
import { estimateBytes } from "./estimate_bytes.ts";
import { Watchers } from "./watchers.ts";

/** Everything about one job. */
interface Record {
  readonly serial: number;
  job: Job;
  readonly key: JobKey | undefined;
  readonly payload: Json;
  result: Json | undefined;
  readonly updates: JobUpdate[];
  /** Made with the first branch: most jobs have none, and there may be many jobs. */
  branches?: Map<string, Branch>;
  ended?: BranchReport[];
  /** How much memory its values take. */
  bytes: number;
}

/** How much a store may hold; what is reported of jobs that it has is taken all the same. */
export interface MemoryLimits {
  /** How many jobs there may be, finished ones included. */
  readonly maxJobs: number;
  /** How much memory their payloads, results and updates may take; not set: any amount. */
  readonly maxBytes?: number;
}

/** What an update takes besides its text, in bytes. */
const UPDATE_BYTES = 256;

/**
 * Keeps jobs in this process, and forgets them with it.
 *
 * @param limits how much it may hold before further jobs are refused
 */
export function createMemoryStore(limits: MemoryLimits): Store {
  return new MemoryStore(limits);
}

class MemoryStore implements Store {
  readonly healthy = true;
  readonly aheadMs = 0;
  readonly #limits: Required<MemoryLimits>;
  readonly #records = new Map<string, Record>();
  readonly #byKey = new Map<string, Record>();
  readonly #active = new Set<Record>();
  /** No job that is active has an earlier one; most of the time nobody needs to be looked at. */
  #earliestDeadlineMs = Infinity;
  /** In the order in which they ended. */
  readonly #finished = new Set<Record>();
  readonly #outbox = new Map<string, Outgoing>();
  readonly #watchers = new Watchers();
  #pulse: readonly PulseRow[] = [];
  #serial = 0;
  /** How much memory the values of all jobs take. */
  #bytes = 0;

  constructor({ maxJobs, maxBytes = Infinity }: MemoryLimits) {
    this.#limits = { maxJobs, maxBytes };
  }

  create(entry: Entry): Promise<Created> {
    const { job, payload, result, updates, outgoing, key } = entry;
    const known = key && this.#taken(key.id);
    if (known) return Promise.resolve(known);
    if (this.#isFull()) return Promise.resolve("full");
    const record: Record = {
      serial: ++this.#serial,
      job,
      key,
      payload,
      result,
      updates: [...updates],
      bytes: 0,
    };
    // What answers with its arguments has them once.
    this.#count(record, [payload, result === payload ? undefined : result], updates);
    this.#records.set(job.id, record);
    if (key) this.#byKey.set(key.id, record);
    this.#keepInOrder(record);
    if (outgoing) this.#outbox.set(job.id, outgoing);
    return Promise.resolve("stored");
  }

  findKey(keyId: string): Promise<Taken | undefined> {
    return Promise.resolve(this.#taken(keyId));
  }

  read(id: string): Promise<StoredJob | undefined> {
    const record = this.#records.get(id);
    if (!record) return Promise.resolve(undefined);
    const { job, payload, result, ended = [] } = record;
    return Promise.resolve({
      job,
      payload,
      ...(result !== undefined && { result }),
      ...(job.status === "Failed" && ended.length > 0 && { ended: [...ended] }),
    });
  }

  list(query: JobQuery): Promise<JobPage> {
    const before = query.cursor === undefined ? Infinity : Number(query.cursor);
    const found = [...this.#records.values()].reverse().filter(({ serial, job }) =>
      serial < before &&
      (query.status === undefined || job.status === query.status) &&
      (query.tool === undefined || job.tool === query.tool) &&
      (query.owner === undefined || job.owner === query.owner) &&
      (query.q === undefined || isFound(job, query.q))
    );
    const page = found.slice(0, query.limit);
    const last = page.at(-1);
    return Promise.resolve({
      jobs: page.map(({ job }) => job),
      ...(last && found.length > page.length && { next: String(last.serial) }),
    });
  }

  change(
    id: string,
    branch: string | undefined,
    transition: Transition,
  ): Promise<Changed | undefined> {
    const record = this.#records.get(id);
    if (!record) return Promise.resolve(undefined);
    const before = record.job;
    const state = { job: before, branches: knownBranches(record, branch) };
    let change = transition(state);
    if (change.kind === "needs_ended") change = transition({ ...state, ended: record.ended ?? [] });
    if (change.kind === "changed") {
      const { job, result, updates, branches = [], ended } = change;
      record.job = job;
      if (result !== undefined) record.result = result;
      record.updates.push(...updates);
      for (const moved of branches) {
        record.branches ??= new Map();
        record.branches.set(moved.lineage, moved);
      }
      if (ended) (record.ended ??= []).push(ended);
      this.#count(record, [result, ended?.result], updates);
      this.#keepInOrder(record);
      this.#watchers.notify(id);
    }
    return Promise.resolve({ change, before, job: record.job });
  }

  updatesAfter(
    id: string,
    seq: number,
    limit: number,
  ): Promise<readonly NumberedUpdate[] | undefined> {
    const updates = this.#records.get(id)?.updates.slice(seq, seq + limit);
    return Promise.resolve(
      updates?.map((update, index) => ({ seq: seq + index + 1, update })),
    );
  }

  watch(id: string, listener: () => void): () => void {
    return this.#watchers.watch(id, listener);
  }

  takeDue(nowMs: number, untilMs: number, limit: number): Promise<readonly Unsent[]> {
    const taken: Unsent[] = [];
    for (const [id, { headers, dueMs }] of this.#outbox) {
      if (taken.length === limit) break;
      const record = this.#records.get(id);
      if (dueMs > nowMs || !record) continue;
      this.#outbox.set(id, { headers, dueMs: untilMs });
      taken.push({ job: record.job, payload: record.payload, headers });
    }
    return Promise.resolve(taken);
  }

  hold(ids: readonly string[], untilMs: number): Promise<readonly string[]> {
    const gone: string[] = [];
    for (const id of ids) {
      const outgoing = this.#outbox.get(id);
      if (outgoing) this.#outbox.set(id, { ...outgoing, dueMs: untilMs });
      else gone.push(id);
    }
    return Promise.resolve(gone);
  }

  settle(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#outbox.delete(id);
    return Promise.resolve();
  }

  overdue(nowMs: number, limit: number): Promise<readonly string[]> {
    if (nowMs < this.#earliestDeadlineMs) return Promise.resolve([]);
    const ids: string[] = [];
    let earliestMs = Infinity;
    for (const { job } of this.#active) {
      const deadlineMs = Date.parse(job.deadline);
      earliestMs = Math.min(earliestMs, deadlineMs);
      if (deadlineMs <= nowMs) ids.push(job.id);
      if (ids.length === limit) return Promise.resolve(ids);
    }
    this.#earliestDeadlineMs = earliestMs;
    return Promise.resolve(ids);
  }

  deleteFinished(beforeMs: number, limit: number): Promise<number> {
    let deleted = 0;
    for (const record of this.#finished) {
      if (deleted === limit || Date.parse(record.job.updatedAt) >= beforeMs) break;
      const { id } = record.job;
      this.#finished.delete(record);
      this.#records.delete(id);
      this.#bytes -= record.bytes;
      if (record.key) this.#byKey.delete(record.key.id);
      this.#watchers.notify(id);
      deleted++;
    }
    return Promise.resolve(deleted);
  }

  async census(limit: number): Promise<Census> {
    const [oldest] = this.#outbox.keys();
    const oldestUnsentAt = oldest && this.#records.get(oldest)?.job.createdAt;
    const unsent = Math.min(this.#outbox.size, limit);
    return { jobs: await this.countJobs(limit), unsent, oldestUnsentAt };
  }

  countJobs(limit: number): Promise<Census["jobs"]> {
    const jobs = { Pending: 0, Running: 0, Succeeded: 0, Failed: 0 };
    for (const { job: { status } } of this.#records.values()) {
      if (status !== "Unknown") jobs[status] = Math.min(jobs[status] + 1, limit);
    }
    return Promise.resolve(jobs);
  }

  putPulse(row: PulseRow, beforeSlot: number): Promise<void> {
    const kept = this.#pulse.filter(({ gateway, slot }) =>
      slot >= beforeSlot && !(slot === row.slot && gateway === row.gateway)
    );
    this.#pulse = [...kept, row];
    return Promise.resolve();
  }

  readPulse(fromSlot: number): Promise<readonly PulseRow[]> {
    return Promise.resolve(this.#pulse.filter(({ slot }) => slot >= fromSlot));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #taken(keyId: string): Taken | undefined {
    const { job, key } = this.#byKey.get(keyId) ?? {};
    return job && key && { job, digest: key.digest };
  }

  #isFull(): boolean {
    const { maxJobs, maxBytes } = this.#limits;
    return this.#records.size >= maxJobs || this.#bytes >= maxBytes;
  }

  #count(record: Record, values: readonly (Json | undefined)[], updates: readonly JobUpdate[]) {
    let bytes = 0;
    for (const value of values) bytes += estimateBytes(value);
    for (const { message, error = "", partial } of updates) {
      bytes += UPDATE_BYTES + message.length + error.length + estimateBytes(partial);
    }
    record.bytes += bytes;
    this.#bytes += bytes;
  }

  #keepInOrder(record: Record): void {
    if (!isTerminal(record.job.status)) {
      this.#active.add(record);
      const deadlineMs = Date.parse(record.job.deadline);
      this.#earliestDeadlineMs = Math.min(this.#earliestDeadlineMs, deadlineMs);
      return;
    }
    this.#active.delete(record);
    this.#finished.add(record);
    this.#outbox.delete(record.job.id);
  }
}

function knownBranches(record: Record, branch: string | undefined): Map<string, Branch> {
  const known = new Map<string, Branch>();
  for (const lineage of branch === undefined ? [] : lineageOf(branch)) {
    const found = record.branches?.get(lineage);
    if (found) known.set(lineage, found);
  }
  return known;
}
