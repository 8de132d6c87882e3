/** The gateway did not answer, or not as was hoped. */
export class GatewayError extends Error {
  override readonly name: string = "GatewayError";
  /** The status of its answer; absent where there was none. */
  readonly status?: number;

  /**
   * @param message a sentence for whoever asked
   * @param options the answer's status, and what was thrown where there was no answer
   */
  constructor(
    message: string,
    options: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    if (options.status !== undefined) this.status = options.status;
  }
}

/** What a gateway answered instead of what was asked for. */
export interface Refusal {
  /** The gateway's URL. */
  readonly url: string;
  readonly status: number;
  /** What it says about it; empty where it says nothing. */
  readonly reason: string;
  /** The scope it asks for, where it names one. */
  readonly scope?: string;
  /** Whether a token was shown. */
  readonly hasToken: boolean;
}

/**
 * Says what a gateway refused, and what to do about it.
 *
 * @param refusal its answer
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { explainRefusal } from "./gateway_error.ts";
 * const refusal = { url: "http://gw", status: 401, reason: "", hasToken: false };
 * assert.equal(
 *   explainRefusal(refusal),
 *   "http://gw asks who you are: set ASYA_API_TOKEN to a token that its operator gave you",
 * );
 * ```
 */
export function explainRefusal(refusal: Refusal): string {
  const { url, status, reason, scope, hasToken } = refusal;
  const says = reason === "" ? "" : ` (it says: ${reason})`;
  switch (status) {
    case 401:
      return hasToken
        ? `${url} does not accept the token in ASYA_API_TOKEN${says}; ask its operator for another`
        : `${url} asks who you are: set ASYA_API_TOKEN to a token that its operator gave you`;
    case 403:
      return hasToken && scope !== undefined
        ? `the token in ASYA_API_TOKEN may not do this: it takes one with the scope ${scope}`
        : `${url} does not let you do this${says}; ask its operator for a token that may`;
    case 429:
      return `${url} was asked too often, also after the waits that it asked for${says}; ` +
        "try again later, or ask its operator for a higher ASYA_RATE_LIMIT";
    case 503:
      return `${url} cannot do this now${says}; try again later`;
    default:
      return reason === "" ? `${url} answered ${status}` : reason;
  }
}
