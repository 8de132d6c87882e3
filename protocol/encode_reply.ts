/**
 * Writes a handler's reply for a host that speaks single exchanges, as an object or as a list.
 *
 * @module
 */
import { isJsonObject, type JsonObject } from "./json.ts";
import type { Spelling } from "./message.ts";
import { failureToWire } from "./parse_failure.ts";
import type { Output, Reply, Send } from "./reply.ts";
import type { Route } from "./route.ts";

/**
 * Encodes a reply in the object form.
 *
 * @param reply any reply
 * @example
 * ```ts
 * import { parseReply, toObjectReply } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const wire = { status: "ok", result: [{ page: 1 }, null] };
 * assert.deepEqual(toObjectReply(parseReply(wire)), wire);
 * ```
 */
export function toObjectReply(reply: Reply): JsonObject {
  switch (reply.kind) {
    case "output":
      return isBare(reply.output) && isJsonObject(reply.output.payload)
        ? { status: "ok", result: reply.output.payload }
        : { status: "ok", messages: [outputToWire(reply.output)] };
    case "fan_out":
      return reply.outputs.every((output) => output === null || isPlainItem(output))
        ? { status: "ok", result: reply.outputs.map((output) => output?.payload ?? null) }
        : { status: "ok", messages: reply.outputs.map((output) => output && outputToWire(output)) };
    case "empty":
      return { status: "ok", result: null };
    case "absorbed":
      return {
        status: "ok",
        absorbed: true,
        ...(reply.wakeMs !== undefined && { wake: { delay_ms: reply.wakeMs } }),
        ...(reply.late && { late: true }),
      };
    case "joined":
      return { status: "ok", joined: true, messages: [outputToWire(reply.output)] };
    case "sends":
      return { status: "ok", sends: reply.sends.map(sendToWire) };
    case "failure":
      return { status: "error", ...failureToWire(reply.failure) };
  }
}

/**
 * Encodes a reply in the list form, `[]{payload, route}` or `[]{error, details}`, that existing
 * sidecars read. What has no list form (`absorbed`, `joined`, `sends`, delays) is refused when a
 * handler starts, not here.
 *
 * @param reply any reply that has a list form
 * @param route the route as the step received it, which the list form repeats per output
 * @param received how the received message spelled its steps, and the other fields of its route
 *   (a `Message` will do); the reply is spelled the same
 * @throws TypeError for a reply without a list form
 * @example
 * ```ts
 * import { parseReply, toListReply } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const route = { steps: ["ocr"], current: 0, metadata: {} };
 * assert.deepEqual(toListReply(parseReply({ status: "ok", result: { a: 1 } }), route), [
 *   { payload: { a: 1 }, route: { steps: ["ocr"], current: 0 } },
 * ]);
 * ```
 */
export function toListReply(
  reply: Reply,
  route: Route,
  received: { readonly spelling?: Spelling; readonly routeExtra?: JsonObject } = {},
): JsonObject[] {
  const item = (output: Output) => listItem(output, route, received);
  switch (reply.kind) {
    case "output":
      return [item(reply.output)];
    case "fan_out":
      return reply.outputs.map((output) => item(output ?? { payload: null }));
    case "empty":
      return [];
    case "failure": {
      const { code, message, type, stack } = reply.failure;
      const details = { message, type: type ?? code, ...(stack && { traceback: stack }) };
      return [{ error: code, details }];
    }
    case "absorbed":
    case "joined":
    case "sends":
      throw new TypeError(`a reply of kind "${reply.kind}" has no list form`);
  }
}

function outputToWire(output: Output): JsonObject {
  const route = {
    ...(output.steps && { steps: output.steps }),
    ...(output.current !== undefined && { current: output.current }),
    ...(output.metadata && { metadata: output.metadata }),
  };
  return {
    ...output.extra,
    payload: output.payload,
    ...(Object.keys(route).length > 0 && { route }),
    ...(output.headers && { headers: output.headers }),
    ...(output.delayMs !== undefined && { delay_ms: output.delayMs }),
  };
}

function sendToWire(send: Send): JsonObject {
  return {
    queue: send.queue,
    ...(send.message && { message: send.message }),
    ...(send.body !== undefined && { body: send.body }),
    ...(send.delayMs !== undefined && { delay_ms: send.delayMs }),
  };
}

function listItem(
  output: Output,
  route: Route,
  received: { readonly spelling?: Spelling; readonly routeExtra?: JsonObject },
): JsonObject {
  const metadata = output.metadata ?? route.metadata;
  return {
    ...output.extra,
    payload: output.payload,
    route: {
      [received.spelling?.steps ?? "steps"]: output.steps ?? [...route.steps],
      current: output.current ?? route.current,
      ...((output.metadata || Object.keys(metadata).length > 0) && { metadata }),
      ...received.routeExtra,
    },
    ...(output.headers && { headers: output.headers }),
  };
}

function isBare(output: Output): boolean {
  return !output.steps && output.current === undefined && !output.metadata && !output.headers &&
    !output.extra && output.delayMs === undefined;
}

/** Whether a fan-out's item can stand for itself: a bare `null` would be an empty branch. */
function isPlainItem(output: Output): boolean {
  return isBare(output) && output.payload !== null;
}
