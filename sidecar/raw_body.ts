import { decodeUtf8, type RawBody } from "@asya/protocol";
import type { Received } from "./work.ts";

/**
 * A queue's body as a terminal actor's session gets it: any bytes, with what the broker says of
 * them.
 *
 * @param received what the queue delivered
 */
export function toRawBody(received: Received): RawBody {
  const { body, messageId, timestamp, headers } = received;
  const text = decodeUtf8(body);
  return {
    ...(text === undefined
      ? { body: body.toBase64(), encoding: "base64" }
      : { body: text, encoding: "utf8" }),
    properties: {
      ...(messageId !== undefined && { message_id: messageId }),
      ...(timestamp !== undefined && { timestamp: timestamp.toISOString() }),
      headers: { ...headers },
    },
  };
}
