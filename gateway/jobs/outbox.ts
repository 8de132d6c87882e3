import { backoffMs } from "@asya/program";
import type { Job } from "@asya/protocol";
import type { Clock, Outgoing, PublishOutcome } from "@asya/transport";
import type { Emit } from "../event.ts";
import { createMessage } from "./message.ts";
import { OutboxGate } from "./outbox_gate.ts";
import { OutboxLane, type Parcel } from "./outbox_lane.ts";
import type { Unsent } from "./stored_job.ts";

/** What remembers which messages are to be sent. */
export interface OutboxStore {
  /** Takes what is due, and keeps others from taking it before `untilMs`. */
  takeDue(nowMs: number, untilMs: number, limit: number): Promise<readonly Unsent[]>;
  /**
   * Keeps others from taking what is in hand before `untilMs`.
   *
   * @returns the ids of what is to be sent no longer by who asks: its job is over, or others have it
   */
  hold(jobIds: readonly string[], untilMs: number): Promise<readonly string[]>;
  /** Forgets what was sent. */
  settle(jobIds: readonly string[]): Promise<void>;
}

/** What takes messages for queues; never rejects. */
export interface Publisher {
  publish(messages: readonly Outgoing[]): Promise<PublishOutcome[]>;
}

/** What an outbox stands on. */
export interface OutboxOptions {
  readonly store: OutboxStore;
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** How long to wait for a queue that does not exist. */
  readonly routeWaitMs: number;
  /** For how long what is in hand is kept from others. */
  readonly leaseMs: number;
  /** Fails a job whose queue never came. */
  readonly giveUp: (jobId: string, message: Outgoing) => Promise<void>;
  readonly emit: Emit;
}

/** Messages of one publish: as many as a broker confirms in a fraction of a second. */
const BATCH_SIZE = 1_024;

/** Messages that are taken from the store at a time. */
const TAKE_SIZE = 256;

/** Messages in hand, on their way to queues that take them, beyond which calls wait. */
const CROWD = 4 * BATCH_SIZE;

/** Messages in hand; more wait in the store. */
const MAX_PARCELS = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** How often the store is asked for what others, or an earlier process, left behind. */
const POLL_MS = 1_000;

const MISSING_BACKOFF = { baseMs: 100, maxMs: 1_000 };
const FAILED_BACKOFF = { baseMs: 200, maxMs: 5_000 };

/**
 * Sends what is stored. A message leaves the store only when its queue has it, so that it is sent
 * whatever happens in between; it may then be sent twice, under the same identity.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #lanes = new Map<string, OutboxLane>();
  readonly #inHand = new Map<string, Parcel>();
  readonly #settling = new Set<Promise<void>>();
  /** What the store has to be told again: it was away. */
  readonly #untold: (() => void)[] = [];
  /** When the store last kept from others what was in hand; not set before {@linkcode start}. */
  #heldMs: number | undefined;
  readonly #gate: OutboxGate;
  #bytes = 0;
  #pump: Promise<void> | undefined;
  #isDraining = false;
  #stopped = false;
  #cancelTimers: (() => void)[] = [];
  #cancelRetry: (() => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#gate = new OutboxGate({ clock: options.clock, isOpen: () => !this.#isCrowded() });
  }

  /**
   * Waits for room, so that calls come as fast as their messages leave; for a second at most, and
   * never for queues that cannot be reached.
   *
   * @returns `undefined` where there is room, as a rule
   */
  room(): Promise<void> | undefined {
    return this.#gate.pass();
  }

  /** Begins with what an earlier process left behind; a store that is away is asked again. */
  async start(): Promise<void> {
    this.#heldMs = this.#options.clock.now();
    await this.#orTell(this.#takeDue());
    this.#repeat(POLL_MS, () => {
      this.#tellAgain();
      return this.#takeDue();
    });
    this.#repeat(this.#options.leaseMs / 3, () => this.#renew());
  }

  /** Sends a stored job's message; leaves it in the store when too much is in hand already. */
  send(job: Job, message: Outgoing): void {
    if (this.#stopped || !this.#hasRoom() || this.#inHand.has(job.id)) return;
    const deadlineMs = Date.parse(job.deadline);
    const parcel = { jobId: job.id, message, deadlineMs, addedMs: this.#options.clock.elapsed() };
    const lane = this.#lanes.get(message.queue) ?? new OutboxLane(message.queue);
    this.#lanes.set(message.queue, lane);
    this.#inHand.set(job.id, parcel);
    this.#bytes += message.body.length;
    lane.add(parcel);
    this.#work();
  }

  /** Sends what can be sent, but no longer than a while; the rest stays in the store. */
  async drain(limitMs: number): Promise<void> {
    this.#isDraining = true;
    for (const cancel of this.#cancelTimers) cancel();
    this.#tellAgain();
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    // Waits for a broker that does not answer.
    const cancel = this.#options.clock.after(limitMs, resolve);
    const sent = async () => {
      await this.#pump;
      await Promise.allSettled(this.#settling);
    };
    await Promise.race([sent(), tooLate]);
    cancel();
    this.#stopped = true;
    this.#cancelRetry?.();
  }

  /** Whether too much is on its way; what waits for a queue that is away is no crowd. */
  #isCrowded(): boolean {
    if (this.#inHand.size < CROWD || this.#stopped) return false;
    let stuck = 0;
    for (const lane of this.#lanes.values()) stuck += lane.stuck;
    return this.#inHand.size - stuck >= CROWD;
  }

  #hasRoom(): boolean {
    return this.#inHand.size < MAX_PARCELS && this.#bytes < MAX_BYTES;
  }

  #work(): void {
    this.#pump ??= this.#publishAll().finally(() => {
      this.#pump = undefined;
      this.#retryLater();
    });
  }

  async #publishAll(): Promise<void> {
    // Waits for what arrives in the same turn, to publish it together.
    await Promise.resolve();
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      const messages = batch.flatMap(([, parcels]) => parcels.map(({ message }) => message));
      const outcomes = await this.#options.publisher.publish(messages);
      for (const [lane, parcels] of batch) {
        this.#settle(lane, parcels, outcomes.splice(0, parcels.length));
      }
    }
  }

  /** Some messages of each lane that may send: no queue, however much goes to it, holds up others. */
  #nextBatch(): [OutboxLane, Parcel[]][] {
    const batch: [OutboxLane, Parcel[]][] = [];
    const { clock } = this.#options;
    if (this.#stopped || this.#isLate(clock.now())) return batch;
    const now = clock.elapsed();
    let room = BATCH_SIZE;
    for (const lane of [...this.#lanes.values()]) {
      if (room === 0) break;
      const { goesAlone } = lane;
      if (goesAlone && batch.length > 0) continue;
      const parcels = lane.take(now, room);
      if (parcels.length === 0) continue;
      // Who was served is the last one to be served again.
      this.#lanes.delete(lane.queue);
      this.#lanes.set(lane.queue, lane);
      room -= parcels.length;
      batch.push([lane, parcels]);
      if (goesAlone) break;
    }
    return batch;
  }

  /** Whether others may have taken over what is in hand, since we could not keep it from them. */
  #isLate(nowMs: number): boolean {
    return nowMs - (this.#heldMs ?? nowMs) >= this.#options.leaseMs;
  }

  #settle(lane: OutboxLane, parcels: readonly Parcel[], outcomes: readonly PublishOutcome[]): void {
    const { clock, emit } = this.#options;
    const now = clock.elapsed();
    const confirmed = parcels.filter((_, index) => outcomes[index] === "confirmed");
    const unsent = parcels.filter((_, index) => outcomes[index] !== "confirmed");
    if (confirmed.length > 0) this.#sent(confirmed, now);
    if (unsent.length === 0) {
      if (lane.isMissing) emit({ kind: "queue_found", queue: lane.queue });
      lane.succeed();
    } else {
      this.#failed(lane, unsent, outcomes.includes("unroutable"), now);
    }
    if (lane.isIdle) this.#lanes.delete(lane.queue);
  }

  #failed(lane: OutboxLane, unsent: readonly Parcel[], missing: boolean, nowMs: number): void {
    const { clock, emit, routeWaitMs } = this.#options;
    const { queue } = lane;
    if (missing && !lane.isMissing) emit({ kind: "queue_missing", queue });
    if (!missing && lane.failures === 0) emit({ kind: "publish_failed", queue });
    const range = missing ? MISSING_BACKOFF : FAILED_BACKOFF;
    lane.fail(unsent, missing, nowMs, backoffMs(lane.failures, Math.random(), range));
    for (const parcel of lane.removeOverdue(clock.now())) this.#drop(parcel);
    const expired = lane.removeExpired(nowMs, routeWaitMs);
    if (expired.length === 0) return;
    emit({ kind: "undeliverable", queue, count: expired.length });
    for (const parcel of expired) this.#giveUp(parcel);
  }

  #sent(parcels: readonly Parcel[], nowMs: number): void {
    const { store, emit } = this.#options;
    const lagMs = nowMs - Math.min(...parcels.map(({ addedMs }) => addedMs));
    emit({ kind: "published", count: parcels.length, lagMs });
    this.#finish("settle", parcels, () => store.settle(parcels.map(({ jobId }) => jobId)));
  }

  #giveUp(parcel: Parcel): void {
    const { giveUp } = this.#options;
    this.#finish("give_up", [parcel], () => giveUp(parcel.jobId, parcel.message));
  }

  /** Lets go of parcels once the store knows; one that is away is told again. */
  #finish(doing: string, parcels: readonly Parcel[], tell: () => Promise<void>): void {
    const finished = tell().then(() => {
      for (const parcel of parcels) this.#drop(parcel);
      this.#gate.let(parcels.length);
    }, (error) => {
      this.#options.emit({ kind: "store_failed", doing, error });
      this.#untold.push(() => this.#finish(doing, parcels, tell));
    }).finally(() => this.#settling.delete(finished));
    this.#settling.add(finished);
  }

  #tellAgain(): void {
    for (const tell of this.#untold.splice(0)) tell();
  }

  #drop(parcel: Parcel): void {
    if (this.#inHand.delete(parcel.jobId)) this.#bytes -= parcel.message.body.length;
  }

  async #takeDue(): Promise<void> {
    const { store, clock, leaseMs } = this.#options;
    const sentBefore: string[] = [];
    while (!this.#stopped && this.#hasRoom()) {
      const now = clock.now();
      const taken = await store.takeDue(now, now + leaseMs, TAKE_SIZE);
      for (const unsent of taken) {
        // A job that runs has been sent: only the news of it was lost.
        if (unsent.job.status !== "Pending") sentBefore.push(unsent.job.id);
        else this.send(unsent.job, createMessage(unsent));
      }
      if (taken.length < TAKE_SIZE) break;
    }
    if (sentBefore.length > 0) await store.settle(sentBefore);
  }

  async #renew(): Promise<void> {
    const { store, clock, leaseMs } = this.#options;
    const now = clock.now();
    const wasLate = this.#isLate(now);
    if (this.#inHand.size > 0) {
      const gone = new Set(await store.hold([...this.#inHand.keys()], now + leaseMs));
      for (const [queue, lane] of gone.size > 0 ? this.#lanes : []) {
        for (const parcel of lane.removeJobs(gone)) this.#drop(parcel);
        if (lane.isIdle) this.#lanes.delete(queue);
      }
    }
    this.#heldMs = now;
    if (wasLate) this.#work();
  }

  #repeat(everyMs: number, work: () => Promise<void>): void {
    const { clock } = this.#options;
    const again = () => {
      // Waits for the next look into the store.
      const cancel = clock.after(everyMs, () => {
        this.#cancelTimers = this.#cancelTimers.filter((other) => other !== cancel);
        this.#orTell(work()).finally(() => {
          if (!this.#isDraining) again();
        });
      });
      this.#cancelTimers.push(cancel);
    };
    again();
  }

  async #orTell(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#options.emit({ kind: "store_failed", doing: "outbox", error });
    }
  }

  #retryLater(): void {
    let next = Infinity;
    for (const { waitUntilMs } of this.#lanes.values()) next = Math.min(next, waitUntilMs);
    this.#cancelRetry?.();
    const { clock } = this.#options;
    // Who is late goes on with the next renewal.
    if (next === Infinity || this.#stopped || this.#isLate(clock.now())) return;
    // Waits for the time of the next try of a queue that could not be reached.
    this.#cancelRetry = clock.after(Math.max(0, next - clock.elapsed()), () => {
      this.#cancelRetry = undefined;
      this.#work();
    });
  }
}
