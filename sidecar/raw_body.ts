import { decodeUtf8, type RawBody } from "@asya/protocol";
import type { Received } from "./work.ts";

/** From so many bytes on it matters which of its two forms a body takes. */
const LARGE_BYTES = 1024 * 1024;

/**
 * A queue's body as a terminal actor's session gets it: any bytes, with what the broker says of
 * them. A large one takes its shorter form, since a frame has a cap.
 *
 * @param received what the queue delivered
 */
export function toRawBody(received: Received): RawBody {
  const { body, messageId, timestamp, headers } = received;
  const text = decodeUtf8(body);
  return {
    ...(text === undefined || isLongerThanBase64(text, body.length)
      ? { body: body.toBase64(), encoding: "base64" }
      : { body: text, encoding: "utf8" }),
    properties: {
      ...(messageId !== undefined && { message_id: messageId }),
      ...(timestamp !== undefined && { timestamp: timestamp.toISOString() }),
      headers: { ...headers },
    },
  };
}

/** Whether quoting a text makes it longer than base64 would, which adds a third. */
function isLongerThanBase64(text: string, bytes: number): boolean {
  if (bytes < LARGE_BYTES) return false;
  return JSON.stringify(text).length - text.length > bytes / 3;
}
