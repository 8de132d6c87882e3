import type { Clock } from "@asya/transport";
import type { Emit, Event } from "./events.ts";

/** What waits are made of. */
export interface ChunkWaitsParts {
  readonly clock: Clock;
  readonly emit: Emit;
  /** Milliseconds that a message may be held for its chunks; 0: not at all. */
  readonly limitMs: number;
}

/** How a wait ended. */
type Outcome = Extract<Event, { kind: "chunks_awaited" }>["outcome"];

interface Wait {
  /** The report whose answer is waited for. */
  readonly number: number;
  readonly end: (outcome: Outcome) => void;
}

/**
 * A gateway is waited for again when it answers within this part of the limit: who waits may have
 * to sit through two answers, that to the batch under way and that to its own.
 */
const QUICK_SHARE = 0.5;

/**
 * Lets a message wait until the gateway has what its handler streamed, since nobody would see it
 * behind the job's end. A gateway that is away or slow holds up one round of messages, and no other
 * one until it has answered quickly.
 */
export class ChunkWaits {
  readonly #parts: ChunkWaitsParts;
  readonly #waits = new Set<Wait>();
  /** The last report that is dealt with, and so are all before it. */
  #settled = 0;
  #isQuick = true;

  /** @param parts how long a wait may be, and whom to tell of it */
  constructor(parts: ChunkWaitsParts) {
    this.#parts = parts;
  }

  /** Whether anybody waits. */
  get areAny(): boolean {
    return this.#waits.size > 0;
  }

  /**
   * Waits until a report is dealt with, if there is hope that this is soon.
   *
   * @param number of the report, counted from 1
   */
  async wait(number: number): Promise<void> {
    const { clock, emit, limitMs } = this.#parts;
    if (number <= this.#settled || limitMs === 0) return;
    if (!this.#isQuick) return emit({ kind: "chunks_awaited", outcome: "skipped" });
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const wait = { number, end: resolve };
    this.#waits.add(wait);
    // waits for the gateway's answer, but not for long
    const cancelLimit = clock.after(limitMs, () => resolve("late"));
    const outcome = await promise;
    cancelLimit();
    this.#waits.delete(wait);
    if (outcome !== "answered") this.#isQuick = false;
    emit({ kind: "chunks_awaited", outcome });
  }

  /**
   * Takes note of an answer of the gateway.
   *
   * @param settled the last report that is dealt with
   * @param tookMs milliseconds that the answer took
   */
  noteAnswer(settled: number, tookMs: number): void {
    this.#settled = settled;
    if (tookMs <= this.#parts.limitMs * QUICK_SHARE) this.#isQuick = true;
    for (const { number, end } of this.#waits) if (number <= settled) end("answered");
  }

  /** Ends all waits: the gateway is away, or this process ends. */
  giveUp(): void {
    this.#isQuick = false;
    for (const { end } of this.#waits) end("skipped");
  }
}
