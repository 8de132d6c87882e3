import type { Bookkeeping } from "./bookkeeping.ts";
import type { Message } from "./message.ts";

/** What programs in Go write where nobody set a time. */
const NO_TIME = "0001-01-01T00:00:00Z";

/**
 * When a message's time is over: at the earlier of the deadlines that it carries.
 *
 * @param message the message
 * @param bookkeeping what is carried in its route's metadata
 * @returns milliseconds since the epoch; `Infinity` where it has no deadline
 * @example
 * ```ts
 * import { deadlineMsOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const message = { deadline: "2026-03-04T05:06:07Z" };
 * assert.equal(deadlineMsOf(message, { deadline: "2026-03-04T05:06:06Z" }), 1772600766000);
 * assert.equal(deadlineMsOf({}, {}), Infinity);
 * ```
 */
export function deadlineMsOf(
  message: Pick<Message, "deadline">,
  bookkeeping: Pick<Bookkeeping, "deadline">,
): number {
  return Math.min(timeOf(message.deadline), timeOf(bookkeeping.deadline));
}

function timeOf(deadline: string | undefined): number {
  return deadline === undefined || deadline === NO_TIME ? Infinity : Date.parse(deadline);
}
