/** How long and how often a poll looks. */
export interface PollOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * Looks again and again until there is something to see.
 *
 * @param what what is waited for, in words for the failure
 * @param look what is looked at; anything but `undefined`, `null` and `false` ends the wait
 * @param options 10 s and 20 ms where nothing is said
 * @throws Error when nothing came in time; it says what was waited for and what was seen last
 */
export async function poll<T>(
  what: string,
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  { timeoutMs = 10_000, everyMs = 20 }: PollOptions = {},
): Promise<T> {
  const startMs = performance.now();
  while (true) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (performance.now() - startMs > timeoutMs) {
      throw new Error(`waited ${timeoutMs} ms for ${what}; last seen: ${JSON.stringify(seen)}`);
    }
    await pause(everyMs);
  }
}

/**
 * Lets time pass.
 *
 * @param ms milliseconds; say at the call what they stand for
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Waits for a promise, but no longer than a while.
 *
 * @param what what is waited for, in words for the failure
 * @param promise what is waited for
 * @param timeoutMs milliseconds
 * @throws Error when it did not come in time
 */
export async function inTime<T>(what: string, promise: Promise<T>, timeoutMs = 10_000): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`waited ${timeoutMs} ms for ${what}`)),
    timeoutMs,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
