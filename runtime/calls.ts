import { createFailure } from "@asya/protocol/failure";
import type { Event } from "./event.ts";
import type { LedgerCall } from "./ledger.ts";
import type { Outcome } from "./read_result.ts";

/** One call, as whoever received it hands it over. */
export interface Call {
  /** Number of its session; 0 for an exchange without one. */
  readonly session: number;
  /** Its number within the session. */
  readonly number: number;
  readonly jobId: string;
  /** Where it stands in its trace, where it has one. */
  readonly traceparent?: () => string | undefined;
  /** Milliseconds since the epoch at which its time is over. */
  readonly deadlineMs: number;
  /** Calls the handler. */
  run(): Outcome | Promise<Outcome>;
  /** Tells the handler to stop. */
  stop(reason: Error): void;
  /** Takes what the call came to. */
  answer(outcome: Outcome): void;
}

/** Where calls that are in the handler are noted for the supervisor. */
export interface CallLedger {
  /** Notes a call in a slot, or with `undefined` that the slot is empty. */
  write(slot: number, call: LedgerCall | undefined): void;
}

/** Tells the time and waits for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, at or after a time; gives what takes that back. */
  at(timeMs: number, wake: () => void): () => void;
}

/** How calls are made. */
export interface CallsOptions {
  /** How many are in the handler at a time. */
  readonly concurrency: number;
  /** Milliseconds after which a call in the handler is reported as slow; 0: never. */
  readonly slowAfterMs: number;
  readonly ledger: CallLedger;
  readonly clock: Clock;
  readonly onEvent: (event: Event) => void;
  /** Called once when handlers that cannot be stopped make it necessary to begin anew. */
  readonly onRecycle: () => void;
}

/** What a handler that was told to stop may still take. */
export const STOP_GRACE_MS = 1_000;

/** A call in the handler. */
interface Running {
  readonly call: Call;
  readonly slot: number;
  readonly beganMs: number;
  /** When it was told to stop; its answer is given at the latest a grace after that. */
  stoppedMs?: number;
  stopReason?: Error;
  isSlow: boolean;
  /** Whether it was answered while the handler still runs. */
  isAbandoned: boolean;
}

/**
 * The calls of a host: so many at a time in the handler, the others in order of arrival.
 *
 * A call whose time is over is told to stop, and after a grace answered with a `timeout_error`
 * whatever the handler does. Such a handler still runs: it keeps its place until it ends. When its
 * time is over or no place is left the host is recycled, so that leaked work cannot pile up.
 */
export class Calls {
  readonly #options: CallsOptions;
  readonly #running: (Running | undefined)[];
  readonly #waiting: Call[] = [];
  readonly #room: (() => void)[] = [];
  readonly #idle: (() => void)[] = [];
  #runningCount = 0;
  #isStarting = false;
  #isClosed = false;
  #isRecycling = false;
  #alarm: { atMs: number; cancel: () => void } | undefined;

  /** @param options how calls are made */
  constructor(options: CallsOptions) {
    this.#options = options;
    this.#running = Array(options.concurrency).fill(undefined);
  }

  /** Calls that wait for the handler. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Milliseconds since the epoch at which every call in the handler is over. */
  get latestDeadlineMs(): number {
    return Math.max(0, ...this.#all().map(({ call }) => call.deadlineMs));
  }

  /** Takes a call; once closed, calls are not taken and never answered. */
  submit(call: Call): void {
    if (this.#isClosed) return;
    this.#waiting.push(call);
    if (this.#runningCount < this.#options.concurrency) this.#start();
    else this.#wakeBy(call.deadlineMs);
  }

  /** Tells one call to stop. */
  stop(session: number, number: number, reason: Error): void {
    this.#stopAll((call) => call.session === session && call.number === number, reason);
  }

  /** Tells all calls of a session to stop. */
  stopSession(session: number, reason: Error): void {
    this.#stopAll((call) => call.session === session, reason);
  }

  /** Resolves when fewer calls wait than a well-behaved client lets wait. */
  room(): Promise<void> {
    if (!this.#isCrowded()) return Promise.resolve();
    return new Promise((resolve) => this.#room.push(resolve));
  }

  /** Takes no more calls; those taken already are made. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when no call is left that anybody waits for. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #start(): void {
    // A synchronous handler ends within its start: the loop, not the call stack, goes on to the next.
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (!this.#isRecycling && this.#runningCount < this.#options.concurrency) {
      const call = this.#waiting.shift();
      if (!call) break;
      this.#enter(call);
    }
    this.#isStarting = false;
    if (!this.#isCrowded()) { for (const resolve of this.#room.splice(0)) resolve(); }
    if (this.#isIdle()) { for (const resolve of this.#idle.splice(0)) resolve(); }
  }

  #enter(call: Call): void {
    const slot = this.#running.indexOf(undefined);
    const running: Running = {
      call,
      slot,
      beganMs: this.#options.clock.now(),
      isSlow: false,
      isAbandoned: false,
    };
    this.#running[slot] = running;
    this.#runningCount++;
    this.#note(running, "entered");
    const outcome = call.run();
    if (!(outcome instanceof Promise)) return this.#leave(running, outcome);
    this.#note(running, "awaited");
    this.#wakeBy(this.#nextMs(running));
    outcome.then((settled) => {
      this.#leave(running, settled);
      this.#start();
    });
  }

  #leave(running: Running, outcome: Outcome): void {
    this.#running[running.slot] = undefined;
    this.#runningCount--;
    this.#options.ledger.write(running.slot, undefined);
    if (!running.isAbandoned) running.call.answer(afterStop(running, outcome));
  }

  #note({ call, slot }: Running, stage: LedgerCall["stage"]): void {
    const { session, number, deadlineMs } = call;
    this.#options.ledger.write(slot, { session, call: number, stage, deadlineMs });
  }

  #stopAll(matches: (call: Call) => boolean, reason: Error): void {
    for (const running of this.#all()) {
      if (matches(running.call)) this.#stopRunning(running, reason);
    }
    for (const call of this.#waiting.filter(matches)) {
      this.#waiting.splice(this.#waiting.indexOf(call), 1);
      call.answer(timedOut(reason.message));
    }
    this.#start();
  }

  #stopRunning(running: Running, reason: Error): void {
    if (running.stoppedMs !== undefined) return;
    running.stoppedMs = this.#options.clock.now();
    running.stopReason = reason;
    running.call.stop(reason);
    this.#wakeBy(this.#nextMs(running));
  }

  /** When a call in the handler next needs attention. */
  #nextMs({ call, beganMs, stoppedMs, isSlow, isAbandoned }: Running): number {
    const { slowAfterMs } = this.#options;
    const slowMs = slowAfterMs > 0 && !isSlow ? beganMs + slowAfterMs : Infinity;
    if (isAbandoned) return call.deadlineMs;
    return Math.min(slowMs, stoppedMs === undefined ? call.deadlineMs : stoppedMs + STOP_GRACE_MS);
  }

  /** One timer for all calls: it waits for the next moment at which one of them needs attention. */
  #wakeBy(atMs: number): void {
    if (this.#isRecycling || (this.#alarm && this.#alarm.atMs <= atMs)) return;
    this.#alarm?.cancel();
    const cancel = this.#options.clock.at(atMs, () => this.#wake());
    this.#alarm = { atMs, cancel };
  }

  #wake(): void {
    this.#alarm = undefined;
    const nowMs = this.#options.clock.now();
    for (const running of this.#all()) this.#attend(running, nowMs);
    this.#expireWaiting(nowMs);
    this.#recycleIfNeeded(nowMs);
    const next = [
      ...this.#all().map((running) => this.#nextMs(running)),
      ...this.#waiting.map((call) => call.deadlineMs),
    ];
    if (next.length > 0) this.#wakeBy(Math.min(...next));
    this.#start();
  }

  #expireWaiting(nowMs: number): void {
    for (const call of this.#waiting.filter((call) => call.deadlineMs <= nowMs)) {
      this.#waiting.splice(this.#waiting.indexOf(call), 1);
      call.answer(timedOut("the call's time was over before the handler was free"));
    }
  }

  #attend(running: Running, nowMs: number): void {
    const { call, beganMs, stoppedMs, isAbandoned } = running;
    const { slowAfterMs, onEvent } = this.#options;
    const traceparent = call.traceparent?.();
    const about = { jobId: call.jobId, ...(traceparent !== undefined && { traceparent }) };
    if (slowAfterMs > 0 && !running.isSlow && nowMs >= beganMs + slowAfterMs) {
      running.isSlow = true;
      onEvent({ kind: "call_slow", ...about, runningMs: nowMs - beganMs });
    }
    if (isAbandoned) return;
    if (stoppedMs === undefined && nowMs >= call.deadlineMs) {
      this.#stopRunning(running, new DOMException("the call's time is over", "TimeoutError"));
    } else if (stoppedMs !== undefined && nowMs >= stoppedMs + STOP_GRACE_MS) {
      running.isAbandoned = true;
      this.#note(running, "abandoned");
      onEvent({ kind: "call_abandoned", ...about, runningMs: nowMs - beganMs });
      const why = running.stopReason?.message ?? "the call was told to stop";
      call.answer(timedOut(`${why}, and the handler did not stop within ${STOP_GRACE_MS} ms`));
    }
  }

  #recycleIfNeeded(nowMs: number): void {
    const abandoned = this.#all().filter((running) => running.isAbandoned);
    const isLate = abandoned.some(({ call }) => call.deadlineMs <= nowMs);
    if (this.#isRecycling || !(isLate || abandoned.length === this.#options.concurrency)) return;
    this.#isRecycling = true;
    this.#isClosed = true;
    this.#options.onRecycle();
  }

  #all(): Running[] {
    return this.#running.filter((running) => running !== undefined);
  }

  #isCrowded(): boolean {
    return this.#waiting.length > 4 * this.#options.concurrency + 64;
  }

  #isIdle(): boolean {
    const isWaiting = this.#waiting.length > 0 && !this.#isRecycling;
    return !isWaiting && this.#all().every((running) => running.isAbandoned);
  }
}

/** A handler that threw because its time was over has run out of time, whatever it threw. */
function afterStop({ stopReason }: Running, outcome: Outcome): Outcome {
  const hasFailed = outcome.kind === "reply" && outcome.reply.kind === "failure";
  return stopReason?.name === "TimeoutError" && hasFailed ? timedOut(stopReason.message) : outcome;
}

function timedOut(message: string): Outcome {
  const failure = createFailure("timeout_error", message);
  return { kind: "reply", reply: { kind: "failure", failure } };
}
