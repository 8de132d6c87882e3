import type { Measure } from "@asya/protocol/measure";
import { measureText } from "@asya/protocol/session";
import { MeasureBatch } from "./measure_batch.ts";

/** What a sender of measures needs. */
export interface MeasureSenderParts {
  /** Sends a frame. */
  readonly send: (text: string) => void;
  /** Calls back once, after so many milliseconds; gives what takes that back. */
  readonly after: (delayMs: number, wake: () => void) => () => void;
}

/** What calls that take longer measure is sent so often meanwhile. */
const SEND_EVERY_MS = 1_000;

/** Sends what the calls of a session measure: of each at its end, and every second until then. */
export class MeasureSender {
  readonly #parts: MeasureSenderParts;
  /** What is not sent yet, by the number of its call. */
  readonly #waiting = new Map<number, MeasureBatch>();
  #cancelTimer: (() => void) | undefined;

  /** @param parts where frames go, and who tells the time */
  constructor(parts: MeasureSenderParts) {
    this.#parts = parts;
  }

  /**
   * Takes what a call measured.
   *
   * @param call its number
   * @param measure what it was
   */
  add(call: number, measure: Measure): void {
    let batch = this.#waiting.get(call);
    if (!batch) this.#waiting.set(call, batch = new MeasureBatch());
    batch.add(measure);
    // waits for a call that is still at work after a while
    this.#cancelTimer ??= this.#parts.after(SEND_EVERY_MS, () => {
      this.#cancelTimer = undefined;
      for (const number of [...this.#waiting.keys()]) this.send(number);
    });
  }

  /**
   * Sends what a call has measured so far, if anything.
   *
   * @param call its number
   */
  send(call: number): void {
    const batch = this.#waiting.get(call);
    if (!batch) return;
    this.#waiting.delete(call);
    const { measures, dropped } = batch.take();
    this.#parts.send(measureText(call, measures, dropped));
  }

  /** The session is over: nobody listens any more. */
  close(): void {
    this.#cancelTimer?.();
    this.#waiting.clear();
  }
}
