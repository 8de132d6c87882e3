import { readBookkeeping } from "@asya/protocol/bookkeeping";
import { isJsonObject, parseJson } from "@asya/protocol/json";
import { type Message, parseMessage, payloadForHandler } from "@asya/protocol/message";
import type { RawBody } from "@asya/protocol/session";
import type { HandlerMessage } from "./handler.ts";

/** What came in for a handler: a message, or for a terminal actor any body. */
export interface Received {
  /** What the handler gets. */
  readonly forHandler: HandlerMessage;
  /** The message; not there when a terminal actor's body is none. */
  readonly message?: Message;
  readonly jobId: string;
  /** 1-based number of the try at this step. */
  readonly attempt: number;
  readonly traceparent?: string;
}

/**
 * What a handler is given for a message.
 *
 * @param message the message
 * @param withMetadata whether the handler also sees job, route and headers
 * @example
 * ```ts
 * import { parseMessage } from "@asya/protocol/message";
 * import { receiveMessage } from "./received.ts";
 * import assert from "node:assert/strict";
 * const parsed = parseMessage({ job_id: "j1", route: { steps: ["a"], current: 0 }, payload: 7 });
 * assert(parsed.ok);
 * assert.deepEqual(receiveMessage(parsed.message, false).forHandler, { payload: { value: 7 } });
 * ```
 */
export function receiveMessage(message: Message, withMetadata: boolean): Received {
  const { traceparent } = message.headers;
  return {
    forHandler: withMetadata ? { ...metadataOf(message), payload: payloadOf(message) } : {
      payload: payloadOf(message),
    },
    message,
    jobId: message.jobId,
    attempt: readBookkeeping(message.route).attempt ?? 1,
    ...(typeof traceparent === "string" && { traceparent }),
  };
}

/**
 * What a terminal actor is given for a queue's body, whatever it is.
 *
 * @param raw the body and its properties
 * @example
 * ```ts
 * import { receiveRaw } from "./received.ts";
 * import assert from "node:assert/strict";
 * const raw = { body: "not json", encoding: "utf8", properties: {} } as const;
 * assert.deepEqual(receiveRaw(raw).forHandler, { payload: {}, raw });
 * ```
 */
export function receiveRaw(raw: RawBody): Received {
  const json = raw.encoding === "utf8" ? parseJson(raw.body) : { ok: false as const };
  const parsed = json.ok ? parseMessage(json.value) : { ok: false as const };
  if (parsed.ok) {
    const received = receiveMessage(parsed.message, true);
    return { ...received, forHandler: { ...received.forHandler, raw }, ...traceOf(raw) };
  }
  const value = json.ok ? json.value : {};
  const jobId = isJsonObject(value) && typeof value.job_id === "string" ? value.job_id : "";
  return {
    forHandler: { payload: payloadForHandler(value), raw },
    jobId,
    attempt: 1,
    ...traceOf(raw),
  };
}

/** What stands beside a message counts more than what stands in it: it is of the last to send it. */
function traceOf({ properties: { headers } }: RawBody): { traceparent?: string } {
  const said = headers?.traceparent;
  return typeof said === "string" ? { traceparent: said } : {};
}

function payloadOf(message: Message): HandlerMessage["payload"] {
  return payloadForHandler(message.payload);
}

function metadataOf(message: Message): Omit<HandlerMessage, "payload"> {
  const { steps, current, metadata } = message.route;
  return { job_id: message.jobId, route: { steps, current, metadata }, headers: message.headers };
}
