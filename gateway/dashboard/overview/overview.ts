/** A mesh at this moment, and how it went on in the last minutes. */
export interface Overview {
  /** RFC 3339 time. */
  readonly at: string;
  /** How long each slot of time is, in all of the lists below; the oldest slot comes first. */
  readonly slot_seconds: number;
  readonly jobs: {
    readonly Pending: number;
    readonly Running: number;
    readonly Succeeded: number;
    readonly Failed: number;
  };
  readonly rates: {
    readonly started: readonly number[];
    readonly succeeded: readonly number[];
    readonly failed: readonly number[];
  };
  readonly actors: readonly ActorOverview[];
  /** `null` where nobody can look. */
  readonly dead_letters: number | null;
}

/** One actor. */
export interface ActorOverview {
  readonly name: string;
  /** Messages per slot. */
  readonly completed: readonly number[];
  readonly failed: readonly number[];
  /** Time that its handlers were at work, per slot and all of them together. */
  readonly busy_seconds: readonly number[];
  /** Messages that waited, per slot; `null` where nobody looked, or there was no such queue. */
  readonly depth: readonly (number | null)[];
  /** `null` where there is no such queue, or nobody can look; so are consumers that nobody tells. */
  readonly queue: { readonly ready: number; readonly consumers: number | null } | null;
}
