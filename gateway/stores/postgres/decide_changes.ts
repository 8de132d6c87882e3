import {
  type Branch,
  type BranchReport,
  type Job,
  type JobUpdate,
  type Json,
  lineageOf,
} from "@asya/protocol";
import type { Changed, Transition } from "../../jobs/stored_job.ts";

/** Somebody's wish to change a job. */
export interface ChangeRequest {
  readonly id: string;
  /** The branch that it is about, if it is about one. */
  readonly branch: string | undefined;
  readonly transition: Transition;
}

/** A job as it was read, with the branches that some requests are about and their ancestors. */
export interface Snapshot {
  readonly serial: string;
  readonly version: number;
  readonly job: Job;
  readonly branches: ReadonlyMap<string, Branch>;
}

/** What is to be recorded of a job, if it still is as it was read. */
export interface JobRecord {
  readonly serial: string;
  /** The version that was read. */
  readonly version: number;
  readonly job: Job;
  readonly updates: readonly JobUpdate[];
  readonly branches: readonly Branch[];
  /** Branches that have ended, in order. */
  readonly ended: readonly BranchReport[];
  readonly result?: Json;
}

/** What became of one request: a decision, or what its transition threw. */
export type Outcome = { readonly value: Changed } | { readonly error: unknown };

/** What became of some requests about one job. */
export interface Decided {
  /** One for each request, in their order. */
  readonly outcomes: readonly Outcome[];
  /** Absent where nothing has changed. */
  readonly record?: JobRecord;
}

/**
 * Decides requests about one job, each on what the one before has left.
 *
 * @param snapshot the job
 * @param requests in the order in which they came
 * @param ended branches that have ended, in order; only read when a transition asks for it
 * @returns `"needs_ended"` where one asked and they were not given
 */
export function decideChanges(
  snapshot: Snapshot,
  requests: readonly ChangeRequest[],
  ended?: readonly BranchReport[],
): Decided | "needs_ended" {
  const { serial, version, branches } = snapshot;
  const outcomes: Outcome[] = [];
  const updates: JobUpdate[] = [];
  const moved = new Map<string, Branch>();
  const ends: BranchReport[] = [];
  let job = snapshot.job;
  let result: Json | undefined;
  let hasChanged = false;
  for (const { branch, transition } of requests) {
    const before = job;
    try {
      const known = knownBranches(branch, moved, branches);
      let change = transition({ job, branches: known });
      if (change.kind === "needs_ended") {
        if (!ended) return "needs_ended";
        change = transition({ job, branches: known, ended: [...ended, ...ends] });
      }
      if (change.kind === "changed") {
        hasChanged = true;
        job = change.job;
        if (change.result !== undefined) result = change.result;
        updates.push(...change.updates);
        for (const one of change.branches ?? []) moved.set(one.lineage, one);
        if (change.ended) ends.push(change.ended);
      }
      outcomes.push({ value: { change, before, job } });
    } catch (error) {
      outcomes.push({ error });
    }
  }
  if (!hasChanged) return { outcomes };
  return {
    outcomes,
    record: {
      ...{ serial, version, job, updates, branches: [...moved.values()], ended: ends },
      ...(result !== undefined && { result }),
    },
  };
}

function knownBranches(
  branch: string | undefined,
  ...sources: readonly ReadonlyMap<string, Branch>[]
): Map<string, Branch> {
  const known = new Map<string, Branch>();
  for (const lineage of branch === undefined ? [] : lineageOf(branch)) {
    const found = sources.find((source) => source.has(lineage))?.get(lineage);
    if (found) known.set(lineage, found);
  }
  return known;
}
