/**
 * How a reconcile ended that did what it could. One that could not rejects with the `KubeError` that
 * stood in its way, after it did everything else and said so in the status.
 */
export interface Outcome {
  /** When to look again by itself: something goes on, or is in the way, that no watch tells of. */
  readonly againAfterMs?: number;
}
