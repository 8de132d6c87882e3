/** Those who want to know when something happens to a job. */
export class Watchers {
  readonly #listeners = new Map<string, Set<() => void>>();

  /**
   * Adds a listener.
   *
   * @returns a function that removes it
   */
  watch(jobId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(jobId) ?? new Set();
    this.#listeners.set(jobId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(jobId);
    };
  }

  /** Tells everybody who watches a job; listeners must not throw. */
  notify(jobId: string): void {
    for (const listener of this.#listeners.get(jobId) ?? []) listener();
  }
}
