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
 * still, or send many chunks, between two steps. What comes faster than notes are taken is put
 * together: chunks are joined, and of other updates the last one stands for all.
 */
export class ProgressNotes {
  #last = 0;
  #percent = 0;
  #pending: { kind: "step" | "chunk"; text: string }[] = [];

  /** The first note: it names the job, so that a caller who is cut off can come back for it. */
  started(job: Job): ProgressNote {
    return { progress: 0, total: 100, message: `job ${job.id} was created` };
  }

  /** Keeps what an update says for the next notes; the end is not one, but the answer itself. */
  add({ update }: NumberedUpdate): void {
    if (isTerminal(update.status)) return;
    this.#percent = update.progressPercent;
    const { partial } = update;
    const kind = partial === undefined ? "step" : "chunk";
    const earlier = this.#pending.find((one) => one.kind === kind)?.text ?? "";
    const text = partial === undefined
      ? update.message
      : earlier + (typeof partial === "string" ? partial : JSON.stringify(partial));
    this.#pending = [...this.#pending.filter((one) => one.kind !== kind), { kind, text }];
  }

  /** Takes the notes about all that was added: two at most, what was newest last. */
  take(): ProgressNote[] {
    const notes = this.#pending.map(({ text }): ProgressNote => {
      this.#last = Math.max(this.#percent, this.#last + STEP);
      return { progress: this.#last, total: 100, message: text };
    });
    this.#pending = [];
    return notes;
  }
}
