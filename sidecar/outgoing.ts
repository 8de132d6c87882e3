import { messageIdOf, TRIED_HEADER } from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { Received, Work } from "./work.ts";

/** The longest wait that a queue offers; a longer one is written down and begun again. */
const LONGEST_DELAY_MS = 3_600_000;

/** Headers that carry a trace from hop to hop. */
const TRACE_HEADERS = ["traceparent", "tracestate", "baggage"] as const;

/** A terminal actor also hands on which try failed: what it sends may be the next one. */
const TERMINAL_HEADERS = [...TRACE_HEADERS, TRIED_HEADER] as const;

/**
 * A message with everything that one which is made from some work carries along.
 *
 * @param work what it is made from
 * @param queue where it goes
 * @param body its bytes
 * @param ordinal its 0-based place among all that are made from that work
 * @param delayMs milliseconds before the queue shows it
 */
export function outgoing(
  work: Work,
  queue: string,
  body: Uint8Array,
  ordinal: number,
  delayMs?: number,
): Outgoing {
  const { identity: input, counts: { attempt } } = work;
  const headers = traceHeaders(work);
  return {
    queue,
    body,
    messageId: messageIdOf({ input, attempt, destination: queue, ordinal }),
    ...(headers && { headers }),
    ...(delayMs && { delayMs: Math.min(delayMs, LONGEST_DELAY_MS) }),
  };
}

/**
 * A body back to its own queue, still the same message by its id and headers.
 *
 * @param received what the queue delivered
 * @param identity what an id is made from, where it came without one
 * @param change another body, other headers, a delay
 */
export function sendBack(
  received: Received,
  identity: string,
  change: Partial<Pick<Outgoing, "body" | "headers" | "delayMs">> = {},
): Outgoing {
  const { queue, body, headers, messageId } = received;
  const ownId = messageIdOf({ input: identity, attempt: 1, destination: queue, ordinal: 0 });
  const { delayMs, ...rest } = change;
  return {
    queue,
    body,
    headers,
    ...rest,
    messageId: messageId || ownId,
    ...(delayMs && { delayMs: Math.min(delayMs, LONGEST_DELAY_MS) }),
  };
}

/**
 * The time that stands in a message whose delay no queue offers at once.
 *
 * @param delayMs the whole wait, in milliseconds
 * @param nowMs milliseconds since the epoch
 * @returns RFC 3339; `undefined` when a queue can wait that long itself
 */
export function notBefore(delayMs: number, nowMs: number): string | undefined {
  return delayMs > LONGEST_DELAY_MS ? new Date(nowMs + delayMs).toISOString() : undefined;
}

function traceHeaders(work: Work): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  const isStep = work.kind === "step";
  const carried = isStep ? work.message.headers : {};
  for (const name of isStep ? TRACE_HEADERS : TERMINAL_HEADERS) {
    const value = work.received.headers[name] ?? carried[name];
    if (typeof value === "string") (found ??= {})[name] = value;
  }
  if (work.traceparent !== undefined) (found ??= {}).traceparent = work.traceparent;
  return found;
}
