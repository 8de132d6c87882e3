import { StatusError } from "../status_error.ts";

/**
 * Runs what is put in it a moment after it was put there, and each thing once however often it was:
 * a controller sees what happened late, and sees only what there is by then.
 */
export class Later {
  readonly #latencyMs: number;
  readonly #due = new Map<string, () => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /**
   * @param latencyMs milliseconds that a controller takes to see a change
   */
  constructor(latencyMs: number) {
    this.#latencyMs = latencyMs;
  }

  /** Runs something, unless the same is waiting already. */
  put(key: string, act: () => void): void {
    if (this.#isStopped) return;
    this.#due.set(key, act);
    // Stands for the time that a controller of its own takes to hear of a change.
    this.#timer ??= setTimeout(() => this.#run(), this.#latencyMs);
  }

  /** Runs nothing more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#due.clear();
  }

  #run(): void {
    this.#timer = undefined;
    const due = [...this.#due.values()];
    this.#due.clear();
    for (const act of due) attempt(act);
  }
}

/** A controller that is refused waits for the next change; anything else is a mistake of ours. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
  }
}
