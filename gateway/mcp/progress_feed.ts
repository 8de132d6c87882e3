import type { Job } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import type { NumberedUpdate } from "../jobs/stored_job.ts";
import type { CallWatcher } from "../tools/tool_call.ts";
import { type ProgressNote, ProgressNotes } from "./progress_notes.ts";

/** How many notes a client is sent as they come, before it is sent one per {@linkcode GAP_MS}. */
const BURST = 16;

/** The time between notes when more come than are sent: quick for a reader, little for a network. */
const GAP_MS = 50;

/** Tells a waiting client how its call goes on: at once when little happens, and never too often. */
export class ProgressFeed implements CallWatcher {
  readonly #notes = new ProgressNotes();
  readonly #send: (note: ProgressNote) => Promise<void>;
  readonly #clock: Clock;
  #credit = BURST;
  #countedAt: number;
  #endWait: (() => void) | undefined;
  #sent: Promise<void> = Promise.resolve();
  #isCutOff = false;

  /**
   * @param send sends a note
   * @param clock measures the time between notes
   */
  constructor(send: (note: ProgressNote) => Promise<void>, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
    this.#countedAt = clock.elapsed();
  }

  started(job: Job): Promise<void> {
    return this.#enqueue([this.#notes.started(job)]);
  }

  updated(update: NumberedUpdate): Promise<void> {
    this.#notes.add(update);
    return this.#endWait ? Promise.resolve() : this.#deliver();
  }

  /** Tells what is left to tell. */
  end(): Promise<void> {
    this.#endWait?.();
    return this.#enqueue(this.#notes.take());
  }

  /** Sends what there is to tell, or waits until that may be sent; more may come to it until then. */
  #deliver(): Promise<void> {
    this.#endWait = undefined;
    const now = this.#clock.elapsed();
    this.#credit = Math.min(BURST, this.#credit + (now - this.#countedAt) / GAP_MS);
    this.#countedAt = now;
    if (this.#credit < 1) {
      this.#endWait = this.#clock.after(GAP_MS, () => void this.#deliver());
      return Promise.resolve();
    }
    this.#credit--;
    return this.#enqueue(this.#notes.take());
  }

  /** Sends notes behind those before them; when one cannot be sent, nobody is there to be told. */
  #enqueue(notes: readonly ProgressNote[]): Promise<void> {
    this.#sent = this.#sent.then(async () => {
      for (const note of notes) if (!this.#isCutOff) await this.#send(note);
    }).catch(() => {
      this.#isCutOff = true;
    });
    return this.#sent;
  }
}
