import type { StoredJob } from "../../jobs/stored_job.ts";
import type { ReadUpdates } from "./read_updates.ts";

/** What somebody wrote into the form for a replay, and why nothing came of it. */
export interface ReplayDraft {
  readonly fromStep: number;
  readonly payload: string;
  readonly problem?: string;
}

/** A job's trace. */
export interface ShownTrace {
  readonly id: string;
  readonly href?: string | undefined;
}

/** What a job's page is made of. */
export interface JobPageParts extends ReadUpdates {
  readonly stored: StoredJob;
  readonly now: Date;
  /** Its trace, and where that can be looked at, if it is recorded. */
  readonly trace?: ShownTrace | undefined;
  /** Whether who looks at it may cancel and replay. */
  readonly mayCall: boolean;
  /** Whether who looks at it may see dead letters. */
  readonly seesLetters: boolean;
  readonly isLive: boolean;
  /** Fresh for each page: by it, a form that is sent twice is known. */
  readonly draftKey: string;
  readonly draft?: ReplayDraft | undefined;
}
