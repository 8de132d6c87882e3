import type { CensusStore } from "../jobs/census.ts";
import type { JobIntake } from "../jobs/submit.ts";
import type { JobLedger } from "../jobs/jobs.ts";
import type { OutboxStore } from "../jobs/outbox.ts";
import type { PulseStore } from "../overview/pulse_store.ts";
import type { UpkeepStore } from "../jobs/upkeep.ts";
import type { UpdateSource } from "../jobs/feed.ts";

/**
 * What a gateway keeps its jobs in. Each part belongs to the file that needs it; every
 * implementation passes the one suite in `testing/store_suite.ts`.
 */
export interface Store
  extends JobIntake, JobLedger, OutboxStore, UpkeepStore, UpdateSource, CensusStore, PulseStore {
  /** Whether it worked when it was last used. */
  readonly healthy: boolean;
  /**
   * How far the clock that all gateways of this store go by is ahead of ours, in milliseconds: what
   * one of them writes down, another one compares.
   */
  readonly aheadMs: number;
  /** Finishes what is under way, and lets go of everything. */
  close(): Promise<void>;
}
