import { decodeUtf8, parseJson } from "@asya/protocol/json";
import { parseMessage } from "@asya/protocol/message";
import { failureText, type Host, submitCall } from "./host.ts";
import { type Received, receiveMessage, receiveRaw } from "./received.ts";

/**
 * Answers the one request of a connection.
 *
 * The peer may have closed its sending side, so that nobody can see whether it still waits: such a
 * call ends by itself or by its time.
 *
 * @param host whom the request is for
 * @param body the whole message, as it came from the queue
 * @returns the JSON text of the reply
 */
export function answerOnce(host: Host, body: Uint8Array): Promise<string> {
  const format = host.options.replyFormat;
  const received = receive(host, body);
  if (typeof received === "string") return Promise.resolve(received);
  return new Promise((answer) =>
    submitCall(host, {
      session: 0,
      number: 0,
      received,
      format,
      answer,
      progress: () => {},
      sendPartial: () => Promise.resolve(),
      measure: () => {},
    })
  );
}

/** What the handler is to be given, or the text of a failure. */
function receive(host: Host, body: Uint8Array): Received | string {
  const { isTerminal, includeMetadata, replyFormat } = host.options;
  if (isTerminal) return receiveRaw(rawOf(body));
  const json = parseJson(body);
  if (!json.ok) {
    return failureText(
      host,
      replyFormat,
      "invalid_json",
      `the request is not JSON: ${json.reason}`,
    );
  }
  const parsed = parseMessage(json.value);
  return parsed.ok
    ? receiveMessage(parsed.message, includeMetadata)
    : failureText(host, replyFormat, "malformed_message", parsed.failure.message);
}

function rawOf(body: Uint8Array) {
  const text = decodeUtf8(body);
  return text === undefined
    ? { body: body.toBase64(), encoding: "base64", properties: {} } as const
    : { body: text, encoding: "utf8", properties: {} } as const;
}
