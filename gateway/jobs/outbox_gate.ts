import type { Clock } from "@asya/transport";

/** What a gate stands on. */
export interface OutboxGateOptions {
  readonly clock: Pick<Clock, "after">;
  /** Whether more may come at this moment. */
  readonly isOpen: () => boolean;
}

/** Nobody waits for longer: the store takes what the queues do not. */
const MAX_WAIT_MS = 1_000;

/** Lets calls in, in their order, as fast as messages of earlier ones leave. */
export class OutboxGate {
  readonly #options: OutboxGateOptions;
  readonly #waiting = new Set<() => void>();

  constructor(options: OutboxGateOptions) {
    this.#options = options;
  }

  /** Waits until more may come; `undefined` where it may at once. */
  pass(): Promise<void> | undefined {
    const { clock, isOpen } = this.#options;
    if (this.#waiting.size === 0 && isOpen()) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const enter = () => {
      cancel();
      this.#waiting.delete(enter);
      resolve();
    };
    // Waits for queues that take messages more slowly than calls come.
    const cancel = clock.after(MAX_WAIT_MS, enter);
    this.#waiting.add(enter);
    return promise;
  }

  /** Lets in so many of those who wait, as far as it is open. */
  let(count: number): void {
    for (const enter of this.#waiting) {
      if (count-- <= 0 || !this.#options.isOpen()) return;
      enter();
    }
  }
}
