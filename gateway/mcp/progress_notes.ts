import { isTerminal, type Job } from "@asya/protocol";
import type { NumberedUpdate } from "../jobs/stored_job.ts";

/** What a caller who waits is told, in MCP's words. */
export interface ProgressNote {
  readonly progress: number;
  readonly total: 100;
  readonly message: string;
}

/** By how much a note is ahead of the one before it when the job is not. */
const STEP = 1e-4;

/**
 * Turns a job's updates into notes whose progress always rises, as MCP wants it: a job may stand
 * still, or send many chunks, between two steps.
 */
export class ProgressNotes {
  #last = 0;

  /** The first note: it names the job, so that a caller who is cut off can come back for it. */
  started(job: Job): ProgressNote {
    return { progress: 0, total: 100, message: `job ${job.id} was created` };
  }

  /** The note about an update; none about the end, which is the answer itself. */
  updated({ update }: NumberedUpdate): ProgressNote | undefined {
    if (isTerminal(update.status)) return undefined;
    this.#last = Math.max(update.progressPercent, this.#last + STEP);
    return { progress: this.#last, total: 100, message: textOf(update) };
  }
}

function textOf({ message, partial }: NumberedUpdate["update"]): string {
  if (partial === undefined) return message;
  return typeof partial === "string" ? partial : JSON.stringify(partial);
}
