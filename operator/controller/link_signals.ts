/** A signal of its own that others abort too, until it is let go. */
export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
  abort(): void;
}

/**
 * Makes a signal that is aborted with any of others. `AbortSignal.any` would do the same for as long
 * as somebody holds what it gives; an answer that is being read does not, and then never ends.
 *
 * @param signals the others; those that are not there never abort
 */
export function linkSignals(...signals: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of signals) {
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
  }
  return {
    signal: controller.signal,
    abort,
    [Symbol.dispose]() {
      for (const signal of signals) signal?.removeEventListener("abort", abort);
    },
  };
}
