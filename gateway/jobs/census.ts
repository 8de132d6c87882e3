/** What is in a store at this moment; counts end at a limit. */
export interface Census {
  /** Jobs by their status. */
  readonly jobs: Readonly<Record<CountedStatus, number>>;
  /** Messages that are to be sent. */
  readonly unsent: number;
  /** RFC 3339 time at which the job of the oldest of them began. */
  readonly oldestUnsentAt?: string | undefined;
}

/** Every status that a job can have. */
export const COUNTED_STATUSES = ["Pending", "Running", "Succeeded", "Failed"] as const;

/** One of {@linkcode COUNTED_STATUSES}. */
export type CountedStatus = (typeof COUNTED_STATUSES)[number];

/** What can be counted. */
export interface CensusStore {
  /**
   * Counts what is there.
   *
   * @param limit where each count ends, so that it takes no long time
   * @returns `undefined` where another gateway counts the same store
   */
  census(limit: number): Promise<Census | undefined>;
  /** Counts jobs by their status, whoever counts the rest; each count ends at a limit. */
  countJobs(limit: number): Promise<Census["jobs"]>;
}
