/** Time as a transport sees it, so that tests can let it pass as they like. */
export interface Clock {
  /** Milliseconds since the epoch, a whole number. */
  now(): number;
  /** Milliseconds since a moment of its own; nobody sets it, so durations are measured by it. */
  elapsed(): number;
  /**
   * Calls back once, after a while.
   *
   * @param delayMs milliseconds to wait
   * @param callback what to call then
   * @returns a function that calls it off
   */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
