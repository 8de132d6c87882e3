/** A store that cannot do its work at this moment; trying again may help. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code = "store_unavailable";
}

/**
 * Whether something was thrown because a store could not do its work.
 *
 * @param error what was caught
 */
export function isStoreError(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "store_unavailable";
}

/**
 * Wraps what a database threw.
 *
 * @param error what was caught
 */
export function toStoreError(error: unknown): StoreError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreError(`the store cannot be used at this moment: ${reason}`, { cause: error });
}
