import { FAILURE_HEADER, type RawBody } from "@asya/protocol";

/** A body from a terminal queue. */
export interface TerminalInput {
  /** The very bytes that were in the queue. */
  readonly body: Uint8Array;
  /** When it was published, where the publisher said so. */
  readonly sentAt?: Date;
  /** A failure that travels beside a body too large to be wrapped. */
  readonly failureHeader?: string;
  /** All that its publisher said beside it. */
  readonly properties?: RawBody["properties"];
}

/**
 * Reads what the runtime hands to a terminal actor beside the parsed message.
 *
 * @param msg its `raw` is the body as the queue held it, and its properties
 * @throws TypeError when there is no `raw`: the host does not know that the actor is terminal
 * @example
 * ```ts
 * import { readTerminalInput } from "./terminal_input.ts";
 * import assert from "node:assert/strict";
 * const properties = { timestamp: "2026-03-04T05:06:07Z" };
 * const input = readTerminalInput({ raw: { body: "aGk=", encoding: "base64", properties } });
 * assert.equal(new TextDecoder().decode(input.body), "hi");
 * assert.equal(input.sentAt?.getUTCFullYear(), 2026);
 * ```
 */
export function readTerminalInput(msg: { readonly raw?: RawBody }): TerminalInput {
  const { raw } = msg;
  if (!raw) throw new TypeError("the message has no raw body; a terminal actor is given one");
  const { timestamp, headers } = raw.properties;
  const sentAt = new Date(timestamp ?? NaN);
  const failureHeader = headers?.[FAILURE_HEADER];
  return {
    body: raw.encoding === "base64"
      ? Uint8Array.fromBase64(raw.body)
      : new TextEncoder().encode(raw.body),
    ...(!Number.isNaN(sentAt.getTime()) && { sentAt }),
    ...(typeof failureHeader === "string" && { failureHeader }),
    properties: raw.properties,
  };
}
