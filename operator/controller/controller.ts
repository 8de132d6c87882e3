import type { Clock } from "@asya/transport";
import { type KubeError, toKubeError } from "../reconcile/kube_error.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import { type Key, keyOfText, keyText } from "./key.ts";
import { WorkQueue } from "./work_queue.ts";

/** Makes the cluster as one key asks. Rejects with what stood in the way; tried again, then. */
export type Reconcile = (key: Key) => Promise<Outcome>;

/** How reconciles end, as metrics say it: a `conflict` is a write of somebody else in between. */
export const RECONCILE_RESULTS = ["done", "again", "conflict", "failed"] as const;

/** What a {@linkcode Controller} tells. */
export type ControllerEvent =
  /** Somebody looked at a key. */
  {
    readonly kind: "reconciled";
    readonly key: Key;
    readonly result: (typeof RECONCILE_RESULTS)[number];
    readonly ms: number;
    /** What stood in the way, and when it is looked at again for that. */
    readonly error?: KubeError;
    readonly retryInMs?: number;
  };

/** What a {@linkcode Controller} is made of. */
export interface ControllerParts {
  readonly reconcile: Reconcile;
  /** How many keys are worked on at a time. */
  readonly concurrency: number;
  /** After how many milliseconds everything is looked at again, whatever was seen. */
  readonly resyncMs: number;
  /** Everything there is to look at. */
  readonly allKeys: () => readonly Key[];
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: (event: ControllerEvent) => void;
}

/** How long a key that fails waits. */
const BACKOFF = { baseMs: 200, maxMs: 300_000 };

/** Somebody else wrote in between: what they wrote arrives soon, and nothing is wrong. */
const CONFLICT_MS = 250;

/**
 * A server that has too much to do says when to come again, or this is assumed. That paces all keys
 * alike, spread over as long again, and is no failure of one: its waits do not grow.
 */
const THROTTLED_MS = 1_000;

/** Has keys reconciled: each as soon as something about it changes, and all of them now and then. */
export class Controller {
  readonly #parts: ControllerParts;
  readonly #queue: WorkQueue;
  #workers: Promise<unknown> | undefined;
  #stopResync = () => {};

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#queue = new WorkQueue({ ...parts, backoff: BACKOFF });
  }

  /** How many keys wait to be looked at. */
  get depth(): number {
    return this.#queue.depth;
  }

  /**
   * Has keys looked at as soon as a worker is free. Before {@linkcode start} they are let go: all are
   * looked at then.
   */
  add(keys: readonly Key[]): void {
    if (!this.#workers) return;
    for (const key of keys) this.#queue.add(keyText(key));
  }

  /** Has everything looked at. */
  addAll(): void {
    this.add(this.#parts.allKeys());
  }

  /** Begins to work. */
  start(): void {
    const { concurrency } = this.#parts;
    this.#workers = Promise.all(Array.from({ length: concurrency }, () => this.#work()));
    this.addAll();
    this.#resyncLater();
  }

  /** Takes no more keys, and resolves when those that are worked on are done. */
  async drain(): Promise<void> {
    this.#stopResync();
    this.#queue.close();
    await this.#workers;
  }

  async #work(): Promise<void> {
    for (let text = await this.#queue.take(); text !== undefined; text = await this.#queue.take()) {
      await this.#reconcile(text);
      this.#queue.done(text);
    }
  }

  async #reconcile(text: string): Promise<void> {
    const { reconcile, clock, tell } = this.#parts;
    const key = keyOfText(text);
    const startMs = clock.elapsed();
    try {
      const { againAfterMs } = await reconcile(key);
      this.#queue.forget(text);
      if (againAfterMs !== undefined) this.#queue.addAfter(text, againAfterMs);
      const result = againAfterMs === undefined ? "done" : "again";
      tell({ kind: "reconciled", key, result, ms: clock.elapsed() - startMs });
    } catch (thrown) {
      const error = toKubeError(thrown);
      const ms = clock.elapsed() - startMs;
      const retryInMs = this.#retry(text, error);
      const result = error.code === "conflict" ? "conflict" : "failed";
      tell({ kind: "reconciled", key, result, ms, error, retryInMs });
    }
  }

  /** Has a key looked at again, and says in how many milliseconds. */
  #retry(text: string, { code, retryAfterMs }: KubeError): number {
    if (code !== "throttled") {
      return this.#queue.retry(text, retryAfterMs ?? (code === "conflict" ? CONFLICT_MS : 0));
    }
    const waitMs = (retryAfterMs ?? THROTTLED_MS) * (1 + this.#parts.random());
    this.#queue.addAfter(text, waitMs);
    return waitMs;
  }

  /** Spread over the period, so that a thousand actors are not looked at in one moment. */
  #resyncLater(): void {
    const { clock, random, resyncMs, allKeys } = this.#parts;
    // Waits for the next time when everything is looked at.
    this.#stopResync = clock.after(resyncMs, () => {
      for (const key of allKeys()) {
        this.#queue.addAfter(keyText(key), random() * resyncMs / 2);
      }
      this.#resyncLater();
    });
  }
}
