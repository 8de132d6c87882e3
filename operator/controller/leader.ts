import type { Clock } from "@asya/transport";
import { type KubeError, toKubeError } from "../reconcile/kube_error.ts";
import type { LeaseRecord, LeaseStore } from "./lease.ts";
import { microTime } from "./micro_time.ts";
import { pause } from "./pause.ts";
import type { WriteFence } from "./write_fence.ts";

/** What a {@linkcode Leader} tells. */
export type LeaderEvent =
  | { readonly kind: "leading"; readonly identity: string }
  /** Somebody else leads; this replica waits. */
  | { readonly kind: "following"; readonly holder: string }
  /** The lease could not be renewed in time, or is somebody else's. */
  | { readonly kind: "leadership_lost"; readonly reason: string }
  /** The lease was given back. */
  | { readonly kind: "leadership_released" }
  /** Lease or server cannot be had; tried again. */
  | { readonly kind: "lease_failed"; readonly error: KubeError };

/** How a replica comes to lead. */
export interface LeaderParts {
  readonly store: LeaseStore;
  /** Is open while nobody else can lead. */
  readonly fence: WriteFence;
  /** Unlike that of any other replica, also of one that was here before. */
  readonly identity: string;
  /** How long the others leave a lease alone that is not renewed, in milliseconds. */
  readonly durationMs: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: (event: LeaderEvent) => void;
}

/** What is done within a lease's duration of 15 seconds: stop after 10 without renewal, try each 2. */
const RENEW_SHARE = 10 / 15;
const RETRY_SHARE = 2 / 15;

/** How much later than that a try may be, so that replicas do not try together. */
const JITTER = 0.2;

/** The greatest number that the API server takes; somebody may have written it by hand. */
const MAX_TRANSITIONS = 2_147_483_647;

/**
 * One of several replicas: leads while it holds a lease, and knows by its own clock for how long yet.
 * Clocks of others do not count: somebody else's lease is over when it was seen unchanged for its
 * whole duration, and our right to write is over well before that.
 */
export class Leader {
  readonly #parts: LeaderParts;
  readonly #led = Promise.withResolvers<void>();
  readonly #lost = Promise.withResolvers<string>();
  /** The lease as it was seen last, and when that was first seen so. */
  #seen: { readonly record: LeaseRecord; readonly atMs: number } | undefined;
  #isLeading = false;
  #isOver = false;
  #stopDeadline = () => {};

  constructor(parts: LeaderParts) {
    this.#parts = parts;
  }

  /** Resolves when this replica leads. */
  get led(): Promise<void> {
    return this.#led.promise;
  }

  /** Resolves, with why, when it does not lead any more although nobody asked it to stop. */
  get lost(): Promise<string> {
    return this.#lost.promise;
  }

  /** Whether it leads. */
  get isLeading(): boolean {
    return this.#isLeading;
  }

  /**
   * Tries to lead, and goes on leading, until it is told to stop or has lost.
   *
   * @param signal stops it; the lease is kept until {@linkcode release}
   */
  async run(signal: AbortSignal): Promise<void> {
    const { durationMs, random, clock } = this.#parts;
    while (!signal.aborted && !this.#isOver) {
      await this.#try();
      if (this.#isOver) return;
      // Waits for the moment to renew the lease, or to look whether it is free.
      await pause(clock, durationMs * RETRY_SHARE * (1 + random() * JITTER), signal);
    }
  }

  /** Gives the lease back, so that somebody else can lead at once. Call it when nothing writes. */
  async release(): Promise<void> {
    if (!this.#isLeading || this.#isOver || !this.#seen) return;
    const { record } = this.#seen;
    this.#end();
    const { store, clock, tell } = this.#parts;
    const renewTime = microTime(clock.now());
    try {
      await store.replace({ ...record, holder: "", durationSeconds: 1, renewTime });
      tell({ kind: "leadership_released" });
    } catch (error) {
      // The others find out by themselves.
      tell({ kind: "lease_failed", error: toKubeError(error) });
    }
  }

  /** From here on it neither leads nor writes. */
  #end(): void {
    this.#isOver = true;
    this.#isLeading = false;
    this.#parts.fence.close();
    this.#stopDeadline();
  }

  /** One look at the lease, and what follows from it. */
  async #try(): Promise<void> {
    const { store, clock, durationMs } = this.#parts;
    // The others count from when they see a renewal, which is later than this.
    const startMs = clock.elapsed();
    try {
      // While it leads, what it wrote last is what is there: anything else is a conflict.
      const record = this.#isLeading ? this.#seen?.record : await store.read();
      if (!this.#isFree(record)) return;
      const claim = this.#claimOf(record);
      const taken = record ? await store.replace(claim) : await store.create(claim);
      if (this.#isOver) return;
      this.#see(taken);
      this.#lead(startMs + durationMs * RENEW_SHARE);
    } catch (error) {
      await this.#fail(toKubeError(error));
    }
  }

  async #fail(error: KubeError): Promise<void> {
    this.#parts.tell({ kind: "lease_failed", error });
    const isOther = ["conflict", "exists", "not_found"].includes(error.code);
    if (!this.#isLeading || !isOther) return;
    // Somebody wrote it: perhaps ourselves, with an answer that did not arrive.
    try {
      const record = await this.#parts.store.read();
      if (record && record.holder !== this.#parts.identity) {
        this.#lose(`${record.holder || "nobody"} has it`);
      } else if (record) this.#see(record);
      else this.#seen = undefined;
    } catch (error) {
      this.#parts.tell({ kind: "lease_failed", error: toKubeError(error) });
    }
  }

  /**
   * Whether a lease may be taken: ours, nobody's, or seen unchanged for all of its duration. One that
   * was there and is not was deleted, which its holder may not know yet.
   */
  #isFree(record: LeaseRecord | undefined): boolean {
    const { identity, durationMs, clock, tell } = this.#parts;
    const before = this.#seen?.record;
    if (record) this.#see(record);
    if (!this.#seen) return true;
    const { record: { holder, durationSeconds }, atMs } = this.#seen;
    if (holder === identity || holder === "") return true;
    if (before?.holder !== holder) tell({ kind: "following", holder });
    return clock.elapsed() - atMs >= (durationSeconds * 1_000 || durationMs);
  }

  #see(record: LeaseRecord): void {
    const isSame = this.#seen?.record.resourceVersion === record.resourceVersion;
    const atMs = this.#parts.clock.elapsed();
    this.#seen = { record, atMs: isSame ? this.#seen?.atMs ?? atMs : atMs };
  }

  #claimOf(record: LeaseRecord | undefined): LeaseRecord {
    const { identity, durationMs, clock } = this.#parts;
    const now = microTime(clock.now());
    const isOurs = record?.holder === identity;
    return {
      ...record,
      holder: identity,
      durationSeconds: Math.ceil(durationMs / 1_000),
      acquireTime: isOurs && record.acquireTime !== "" ? record.acquireTime : now,
      renewTime: now,
      transitions: record === undefined
        ? 0
        : Math.min(record.transitions + (isOurs ? 0 : 1), MAX_TRANSITIONS),
    };
  }

  #lead(untilMs: number): void {
    const { fence, clock } = this.#parts;
    fence.openUntil(untilMs);
    this.#stopDeadline();
    // Waits for the end of the right to write, which each renewal puts off.
    this.#stopDeadline = clock.after(
      fence.leftMs(),
      () => this.#lose("it was not renewed in time"),
    );
    if (this.#isLeading) return;
    this.#isLeading = true;
    this.#parts.tell({ kind: "leading", identity: this.#parts.identity });
    this.#led.resolve();
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#end();
    this.#parts.tell({ kind: "leadership_lost", reason });
    this.#lost.resolve(reason);
  }
}
