import { type JobProgress, progressToWire } from "@asya/protocol";
import { backoffMs } from "@asya/program";
import { type Clock, Roster } from "@asya/transport";
import { ChunkWaits } from "./chunk_waits.ts";
import type { Emit, Event } from "./events.ts";

/** A report as it waits to be sent. */
export interface QueuedReport {
  readonly jobId: string;
  /** Its JSON, with the job's id in it. */
  readonly json: string;
}

/** What became of a batch of reports. */
export type PostResult =
  /** The gateway has it, and names jobs that nobody waits for any more. */
  | { readonly kind: "accepted"; readonly inactive: readonly string[] }
  /** The gateway will never take it. */
  | { readonly kind: "refused"; readonly status: number }
  /** It may take it later. */
  | { readonly kind: "unreachable"; readonly reason: string };

/** Sends reports, all in one. Never rejects. */
export type PostProgress = (reports: readonly QueuedReport[]) => Promise<PostResult>;

/** Tells somebody how jobs get on, without holding them up by more than a moment. */
export interface Reporter {
  /**
   * Reports what is so at this moment.
   *
   * @returns the report's number, counted from 1; 0 where it is dropped
   */
  report(progress: JobProgress): number;
  /**
   * Waits for a moment until a report is dealt with, so that what follows from it is not seen first.
   *
   * @param number of the report
   */
  settled(number: number): Promise<void>;
  /**
   * Reports that work has begun, again and again until it ends, so that an answer can say when
   * nobody waits for it any more.
   *
   * @returns ends it
   */
  begin(progress: JobProgress): () => void;
  /**
   * Sends what waits, but takes no longer than a limit, then stops.
   *
   * @param limitMs milliseconds
   */
  close(limitMs: number): Promise<void>;
}

/** What a progress reporter is made of. */
export interface ProgressReporterParts {
  readonly post: PostProgress;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
  readonly emit: Emit;
  /** Is told which jobs nobody waits for any more. */
  readonly onInactive: (jobIds: readonly string[]) => void;
  /** Milliseconds that a message may be held for what its handler streamed; 0: not at all. */
  readonly streamWaitMs: number;
}

/** Reports that wait at most; beyond, the oldest are thrown away. */
const MAX_WAITING = 10_000;

/** Reports in one batch, and their characters together. */
const MAX_BATCH = { reports: 2_000, characters: 1024 * 1024 } as const;

/** A streamed chunk above this many characters is not reported. */
const MAX_REPORT_CHARACTERS = 256 * 1024;

/** Batches are at least this far apart, unless a message waits for one; the first goes at once. */
const BATCH_INTERVAL_MS = 20;

/** How often work that goes on is reported again. */
const HEARTBEAT_MS = 5_000;

/** Waits while the gateway is away. */
const RETRY = { baseMs: 200, maxMs: 5_000 };

/** A reporter that tells nobody: there is no gateway, or the actor is a terminal one. */
export const silentReporter: Reporter = {
  report: () => 0,
  settled: () => Promise.resolve(),
  begin: () => () => {},
  close: () => Promise.resolve(),
};

/**
 * Reports progress to the gateway beside the messages' path: one batch at a time, so that the
 * reports of a job arrive in order, and never more waiting than there is room for.
 */
export class ProgressReporter implements Reporter {
  readonly #parts: ProgressReporterParts;
  #waiting: QueuedReport[] = [];
  /** Work that goes on, and since when, oldest first. */
  readonly #running = new Roster<{ readonly progress: JobProgress; readonly sinceMs: number }>();
  readonly #chunkWaits: ChunkWaits;
  /** Reports that were ever taken; those that wait are the last of them. */
  #taken = 0;
  #isSending = false;
  #lastSentMs = -Infinity;
  #failures = 0;
  #isClosed = false;
  #whenEmpty = () => {};
  #cancelNext: (() => void) | undefined;
  #cancelHeartbeat: (() => void) | undefined;

  /** @param parts how reports are sent, and whom to tell */
  constructor(parts: ProgressReporterParts) {
    this.#parts = parts;
    this.#chunkWaits = new ChunkWaits({ ...parts, limitMs: parts.streamWaitMs });
  }

  report({ jobId, report }: JobProgress): number {
    const json = JSON.stringify({ job_id: jobId, ...progressToWire(report) });
    if (this.#isClosed || json.length > MAX_REPORT_CHARACTERS) {
      if (this.#isClosed) this.#drop(1, "late", "");
      else this.#drop(1, "too_large", `${json.length} characters`);
      return 0;
    }
    this.#waiting.push({ jobId, json });
    const excess = this.#waiting.length - MAX_WAITING;
    // A tenth at once, so that an outage does not shift a long list for every report.
    if (excess > 0) this.#drop(this.#waiting.splice(0, MAX_WAITING / 10).length, "full", "");
    this.#schedule();
    return ++this.#taken;
  }

  async settled(number: number): Promise<void> {
    const wereAny = this.#chunkWaits.areAny;
    const settled = this.#chunkWaits.wait(number);
    if (!wereAny && this.#chunkWaits.areAny) this.#hurry();
    await settled;
  }

  begin(progress: JobProgress): () => void {
    this.report(progress);
    const running = { progress, sinceMs: this.#parts.clock.elapsed() };
    this.#running.add(running);
    this.#armHeartbeat();
    return () => this.#running.delete(running);
  }

  async close(limitMs: number): Promise<void> {
    this.#cancelHeartbeat?.();
    this.#running.clear();
    if (this.#waiting.length > 0 || this.#isSending) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenEmpty = resolve;
      // waits for the last reports to be sent, but not for ever
      const cancelLimit = this.#parts.clock.after(limitMs, resolve);
      await promise;
      cancelLimit();
    }
    this.#isClosed = true;
    this.#chunkWaits.giveUp();
    this.#cancelNext?.();
    if (this.#waiting.length > 0) this.#drop(this.#waiting.splice(0).length, "late", "");
  }

  /** Sends at once when the last batch is long enough ago or is waited for, else when it is. */
  #schedule(): void {
    if (this.#isSending || this.#cancelNext || this.#isClosed) return;
    const { clock, random } = this.#parts;
    const intervalMs = this.#chunkWaits.areAny ? 0 : BATCH_INTERVAL_MS;
    const waitMs = this.#failures > 0
      ? backoffMs(this.#failures - 1, random(), RETRY)
      : intervalMs - this.#sinceSentMs();
    // waits for more reports to share a batch with, or for the gateway to come back
    this.#cancelNext = clock.after(Math.max(0, waitMs), () => {
      this.#cancelNext = undefined;
      this.#send();
    });
  }

  /** Sends what waits for others to share a batch with, but not what waits for the gateway. */
  #hurry(): void {
    if (!this.#cancelNext || this.#failures > 0) return;
    this.#cancelNext();
    this.#cancelNext = undefined;
    this.#schedule();
  }

  async #send(): Promise<void> {
    const batch = takeBatch(this.#waiting);
    this.#isSending = true;
    this.#lastSentMs = this.#parts.clock.elapsed();
    const result = await this.#parts.post(batch);
    this.#isSending = false;
    this.#take(result, batch);
    if (result.kind === "unreachable") this.#chunkWaits.giveUp();
    else this.#chunkWaits.noteAnswer(this.#taken - this.#waiting.length, this.#sinceSentMs());
    if (this.#waiting.length > 0) this.#schedule();
    else this.#whenEmpty();
  }

  #sinceSentMs(): number {
    return this.#parts.clock.elapsed() - this.#lastSentMs;
  }

  #take(result: PostResult, batch: QueuedReport[]): void {
    const { emit, onInactive } = this.#parts;
    switch (result.kind) {
      case "accepted":
        if (this.#failures > 0) emit({ kind: "gateway_back" });
        this.#failures = 0;
        if (result.inactive.length > 0) onInactive(result.inactive);
        break;
      case "refused":
        this.#failures = 0;
        this.#drop(batch.length, "refused", `the gateway answered ${result.status}`);
        break;
      case "unreachable":
        if (this.#failures++ === 0) emit({ kind: "gateway_away", reason: result.reason });
        this.#waiting = [...batch, ...this.#waiting];
        break;
    }
  }

  /** Reports again what has run since the heartbeat before. */
  #beat(): void {
    const { clock } = this.#parts;
    const beforeMs = clock.elapsed() - HEARTBEAT_MS;
    for (const { progress, sinceMs } of this.#running) {
      if (sinceMs > beforeMs) break;
      this.report(progress);
    }
    this.#cancelHeartbeat = undefined;
    if (this.#running.size > 0) this.#armHeartbeat();
  }

  #armHeartbeat(): void {
    // waits for the next time to say that work goes on
    this.#cancelHeartbeat ??= this.#parts.clock.after(HEARTBEAT_MS, () => this.#beat());
  }

  #drop(reports: number, why: Extract<Event, { kind: "progress_dropped" }>["why"], detail: string) {
    this.#parts.emit({ kind: "progress_dropped", reports, why, detail });
  }
}

/** Takes as many reports from the front as one batch holds, at least one. */
function takeBatch(waiting: QueuedReport[]): QueuedReport[] {
  let characters = 0;
  const end = waiting.findIndex(({ json }, index) => {
    characters += json.length;
    return index >= MAX_BATCH.reports || (index > 0 && characters > MAX_BATCH.characters);
  });
  return waiting.splice(0, end === -1 ? waiting.length : end);
}
