/** How many requests a caller may make: so many at once, and so many again per window. */
export interface Rate {
  readonly requests: number;
  readonly windowSeconds: number;
}

/** Whether a request is within its caller's rate, and how much is left of it. */
export interface RateVerdict {
  readonly ok: boolean;
  /** How many more requests may be made at this moment. */
  readonly remaining: number;
  /** After how long a further one may be made; 0 when it may be made at once. */
  readonly retryAfterMs: number;
  /** After how long without requests the rate is whole again. */
  readonly wholeAfterMs: number;
}

const SECONDS = { s: 1, m: 60, h: 3_600 } as const;

/**
 * Parses `100/s`, `100/m` or `100/h`.
 *
 * @param text how many requests, and in which time
 */
export function parseRate(text: string): Rate | undefined {
  const [, digits = "", unit] = /^0*([1-9]\d{0,8})\/([smh])$/.exec(text) ?? [];
  if (unit === undefined) return undefined;
  return { requests: Number(digits), windowSeconds: SECONDS[unit as keyof typeof SECONDS] };
}

/**
 * Buckets of tokens, one for each caller. Of each only the moment is kept at which it will be full
 * again; one that is full need not be kept at all.
 *
 * They are kept in two generations. Who asks is in the young one, which becomes the old one after a
 * window, or when there are many in it; who then is in the old one only has been silent for a whole
 * window, and has a full bucket, or is one of too many.
 *
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #capacityMs: number;
  readonly #maxYoung: number;
  /** By caller, when the bucket is full. */
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #youngSinceMs = -Infinity;

  /**
   * @param rate what each caller may do
   * @param maxCallers how many callers are kept in mind; beyond it, those who were silent for the
   * longest begin with a full bucket
   */
  constructor(rate: Rate, maxCallers = 100_000) {
    this.#capacityMs = rate.windowSeconds * 1_000;
    this.#intervalMs = this.#capacityMs / rate.requests;
    this.#maxYoung = maxCallers / 2;
  }

  /** How many callers are kept in mind, at most. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /**
   * Takes one token from a caller's bucket, if there is one.
   *
   * @param caller whose
   * @param nowMs the time, of any clock that never goes back
   */
  take(caller: string, nowMs: number): RateVerdict {
    if (nowMs - this.#youngSinceMs >= this.#capacityMs) this.#age(nowMs);
    const known = this.#young.get(caller) ?? this.#old.get(caller) ?? nowMs;
    const before = Math.max(known, nowMs);
    const after = before + this.#intervalMs;
    // A hair's breadth, since intervals such as a third of a second do not add up precisely.
    const isOver = after - nowMs > this.#capacityMs + 1e-6;
    const fullAtMs = isOver ? before : after;
    this.#young.set(caller, fullAtMs);
    if (this.#young.size >= this.#maxYoung) this.#age(nowMs);
    const owedMs = fullAtMs - nowMs;
    return {
      ok: !isOver,
      remaining: Math.max(0, Math.floor((this.#capacityMs - owedMs) / this.#intervalMs + 1e-6)),
      retryAfterMs: isOver ? after - nowMs - this.#capacityMs : 0,
      wholeAfterMs: owedMs,
    };
  }

  #age(nowMs: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSinceMs = nowMs;
  }
}
