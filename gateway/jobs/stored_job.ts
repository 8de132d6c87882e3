import type { BranchReport, Job, JobChange, JobState, JobUpdate, Json } from "@asya/protocol";

/** A job with the values that are kept beside it. */
export interface StoredJob {
  readonly job: Job;
  readonly payload: Json;
  /** What came of it, once it has succeeded. */
  readonly result?: Json;
  /** How its branches ended, in the order of their reports, where it fanned out and failed. */
  readonly ended?: readonly BranchReport[];
}

/** A job to be stored, and what is stored with it: all of it or nothing. */
export interface Entry {
  readonly job: Job;
  readonly payload: Json;
  /** The payload's JSON, where somebody has written it already. */
  readonly payloadText?: string;
  /** Set for a job that is stored with its end. */
  readonly result?: Json;
  readonly updates: readonly JobUpdate[];
  /** Set for a job whose message is to be sent. */
  readonly outgoing?: Outgoing;
  /** Set for a job that is to be stored only once. */
  readonly key?: JobKey | undefined;
}

/** By what a call that is repeated is known. */
export interface JobKey {
  /** Of any number of jobs with the same one, the first is stored, and no other while it is there. */
  readonly id: string;
  /** Stands for what was asked for; another one under the same id is another call. */
  readonly digest: string;
}

/** What a store did with a job; `full` when it has no room, and a job that it had by its key. */
export type Created = "stored" | "full" | Taken;

/** The job that is stored under a key. */
export interface Taken {
  readonly job: Job;
  /** Of the call that it was made of. */
  readonly digest: string;
}

/** What a store remembers of a message that is to be sent; the rest is made from the job. */
export interface Outgoing {
  readonly headers: Readonly<Record<string, string>>;
  /** When anybody may send it, in milliseconds since the epoch; until then, its creator does. */
  readonly dueMs: number;
}

/** A job whose message is to be sent, as a store remembers it. */
export interface Unsent {
  readonly job: Job;
  readonly payload: Json;
  readonly headers: Readonly<Record<string, string>>;
}

/** An update with its number: 1 for the first one of its job. */
export interface NumberedUpdate {
  readonly seq: number;
  readonly update: JobUpdate;
}

/** Decides what becomes of a job; it may be called twice, and must not do anything else. */
export type Transition = (state: JobState) => JobChange;

/** What became of a job: the decision, and the job after it. */
export interface Changed {
  readonly change: JobChange;
  readonly before: Job;
  readonly job: Job;
}

/** Which jobs to list, newest first. */
export interface JobQuery {
  readonly status?: string | undefined;
  readonly tool?: string | undefined;
  readonly owner?: string | undefined;
  /** What is searched for, as `isFound` has it; a page of a search may have fewer than there are. */
  readonly q?: string | undefined;
  /** How many at most. */
  readonly limit: number;
  /** Where the page before ended. */
  readonly cursor?: string | undefined;
}

/** Some jobs, and where the next ones begin, if there are any. */
export interface JobPage {
  readonly jobs: readonly Job[];
  readonly next?: string;
}

/**
 * The number of the first of some updates that were just recorded.
 *
 * @param job the job after the change
 * @param count how many updates the change recorded
 */
export function firstSeq(job: Job, count: number): number {
  return job.updateCount - count + 1;
}
