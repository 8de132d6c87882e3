/** Why the API server did not do what it was asked. */
export type KubeErrorCode =
  /** Somebody else wrote it in between. */
  | "conflict"
  | "exists"
  | "not_found"
  /** The object is against a rule; the message says which. */
  | "invalid"
  /**
   * The server failed at this request, and may answer others: a pod template has a field that it
   * does not know, say, or a webhook does not answer. The message says which.
   */
  | "failed"
  | "forbidden"
  | "unauthorized"
  /** Its namespace is on its way out. */
  | "terminating"
  /** Too many requests; `retryAfterMs` says when again. */
  | "throttled"
  /** The version that a watch or a list began at is too old. */
  | "expired"
  /** No answer, or one of a server in trouble. */
  | "unreachable";

/** An answer of the API server that is not what was asked for. */
export class KubeError extends Error {
  override readonly name = "KubeError";

  /**
   * @param code what kind of answer
   * @param message what the server said
   * @param retryAfterMs when to try again, where the server said so
   */
  constructor(readonly code: KubeErrorCode, message: string, readonly retryAfterMs?: number) {
    super(message);
  }
}

/**
 * Makes a {@linkcode KubeError} of anything that was thrown; what is none says that nobody answered.
 *
 * @param error what was thrown
 */
export function toKubeError(error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  return new KubeError("unreachable", error instanceof Error ? error.message : String(error));
}

/**
 * What concerns one object only.
 *
 * @param error what was thrown
 * @throws anything else, on
 */
export function refusalOf(error: unknown): KubeError {
  if (!(error instanceof KubeError)) throw error;
  switch (error.code) {
    case "invalid":
    case "failed":
    case "forbidden":
    case "exists":
    case "not_found":
      return error;
    case "conflict":
    case "unauthorized":
    case "terminating":
    case "throttled":
    case "expired":
    case "unreachable":
      throw error;
  }
}
