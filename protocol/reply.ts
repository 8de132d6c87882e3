import { createFailure, type Failure, memoryCodeOf } from "./failure.ts";
import { isJsonObject, type Json, type JsonObject, kindOf } from "./json.ts";
import type { Route } from "./route.ts";

/** One message a step wants sent on. */
export interface Output {
  readonly payload: Json;
  /** The rest of the route as the handler wants it; the steps done so far must be unchanged. */
  readonly steps?: string[];
  /** The sender's `route.metadata`, where the handler gave one; ours is never taken from here. */
  readonly metadata?: JsonObject;
  /** Replaces the inherited headers. */
  readonly headers?: JsonObject;
  /** Milliseconds before the next step may see it. */
  readonly delayMs?: number;
}

/** One message a terminal actor wants published. */
export interface Send {
  readonly queue: string;
  /** A whole message … */
  readonly message?: JsonObject;
  /** … or a body that goes out as it is. */
  readonly body?: string;
  readonly delayMs?: number;
}

/** What a handler's host answered, whichever dialect it spoke. */
export type Reply =
  /** One output, without fan-out. */
  | { readonly kind: "output"; readonly output: Output }
  /** Several outputs (or one, deliberately); `null` is an empty branch. */
  | { readonly kind: "fan_out"; readonly outputs: (Output | null)[] }
  /** Nothing to send on. */
  | { readonly kind: "empty" }
  /** A join took the message in; `wakeMs` asks to be shown it again after that time. */
  | { readonly kind: "absorbed"; readonly wakeMs?: number }
  /** A join's merged message, which leaves the latest fan-out. */
  | { readonly kind: "joined"; readonly output: Output }
  /** A terminal actor's publishes. */
  | { readonly kind: "sends"; readonly sends: Send[] }
  | { readonly kind: "failure"; readonly failure: Failure };

/** Which of the two reply forms a one-exchange host speaks. */
export type ReplyFormat = "object" | "list";

/**
 * Parses what a handler's host answered, in any known dialect. Total: an illegal answer is a
 * `processing_error` that says what was got.
 *
 * @param value the parsed JSON of the reply frame
 * @example
 * ```ts
 * import { parseReply } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseReply({ status: "ok", result: { answer: 42 } }), {
 *   kind: "output", output: { payload: { answer: 42 } },
 * });
 * assert.equal(parseReply([]).kind, "empty");
 * assert.equal(parseReply([{ payload: 1 }]).kind, "output");
 * assert.equal(parseReply([{ error: "processing_error" }]).kind, "failure");
 * assert.equal(parseReply("?").kind, "failure");
 * ```
 */
export function parseReply(value: Json): Reply {
  if (value === null) return { kind: "empty" };
  if (Array.isArray(value)) return parseList(value);
  if (!isJsonObject(value)) return illegal(`the reply is ${kindOf(value)}`);
  if (value.status === "ok") return parseSuccess(value);
  if (value.status === "error" || value.error !== undefined) return parseFailure(value);
  return illegal(`the reply has status ${JSON.stringify(value.status) ?? "missing"}`);
}

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
      return reply.outputs.every((output) => output === null || isBare(output))
        ? { status: "ok", result: reply.outputs.map((output) => output?.payload ?? null) }
        : { status: "ok", messages: reply.outputs.map((output) => output && outputToWire(output)) };
    case "empty":
      return { status: "ok", result: null };
    case "absorbed":
      return {
        status: "ok",
        absorbed: true,
        ...(reply.wakeMs !== undefined && { wake: { delay_ms: reply.wakeMs } }),
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
export function toListReply(reply: Reply, route: Route): JsonObject[] {
  switch (reply.kind) {
    case "output":
      return [listItem(reply.output, route)];
    case "fan_out":
      return reply.outputs.map((output) => listItem(output ?? { payload: null }, route));
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

/**
 * A failure's fields as replies and error envelopes spell them.
 *
 * @param failure any failure
 * @example
 * ```ts
 * import { createFailure, failureToWire } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(failureToWire(createFailure("retryable_error", "busy", { retryAfterSeconds: 3 })), {
 *   error: "retryable_error", message: "busy", severity: "recoverable", retry_after: 3,
 * });
 * ```
 */
export function failureToWire(failure: Failure): JsonObject {
  return {
    error: failure.code,
    message: failure.message,
    ...(failure.type !== undefined && { type: failure.type }),
    severity: failure.severity,
    ...(failure.retryAfterSeconds !== undefined && { retry_after: failure.retryAfterSeconds }),
    ...(failure.stack !== undefined && { stack: failure.stack }),
  };
}

function parseSuccess(value: JsonObject): Reply {
  if (value.sends !== undefined) return parseSends(value.sends);
  if (value.absorbed === true) {
    const wakeMs = isJsonObject(value.wake) ? value.wake.delay_ms : undefined;
    return isDelay(wakeMs) ? { kind: "absorbed", wakeMs } : { kind: "absorbed" };
  }
  if (value.messages !== undefined) return parseMessages(value.messages, value.joined === true);
  return parseResult(value.result ?? null);
}

function parseResult(result: Json): Reply {
  if (result === null) return { kind: "empty" };
  if (!Array.isArray(result)) return { kind: "output", output: { payload: result } };
  if (result.length === 0) return { kind: "empty" };
  return {
    kind: "fan_out",
    outputs: result.map((item) => item === null ? null : { payload: item }),
  };
}

function parseMessages(value: Json, joined: boolean): Reply {
  if (!Array.isArray(value)) return illegal(`messages is ${kindOf(value)}, not an array`);
  if (value.length === 0 && !joined) return { kind: "empty" };
  const outputs: (Output | null)[] = [];
  for (const item of value) {
    const output = item === null ? null : parseOutput(item);
    if (typeof output === "string") return illegal(output);
    outputs.push(output);
  }
  const [first] = outputs;
  if (joined) {
    return outputs.length === 1 && first
      ? { kind: "joined", output: first }
      : illegal(`a joined reply has ${outputs.length} messages; exactly one is allowed`);
  }
  return outputs.length === 1 && first
    ? { kind: "output", output: first }
    : { kind: "fan_out", outputs };
}

/** The bare list of one-exchange hosts: whole outputs, or errors; a list of one is no fan-out. */
function parseList(items: Json[]): Reply {
  const failed = items.find((item) => isJsonObject(item) && item.error !== undefined);
  if (isJsonObject(failed)) return parseFailure(failed);
  return parseMessages(items, false);
}

function parseOutput(value: Json): Output | string {
  if (!isJsonObject(value)) return `an output is ${kindOf(value)}, not {payload, route}`;
  if (value.payload === undefined) return "an output has no payload";
  const route = value.route ?? {};
  if (!isJsonObject(route)) return `an output's route is ${kindOf(route)}, not an object`;
  const steps = route.steps ?? route.route ?? route.actors ?? undefined;
  if (steps !== undefined && !isTextList(steps)) {
    return `an output's route.steps is ${JSON.stringify(steps)}, not a list of queue names`;
  }
  return {
    payload: value.payload,
    ...(steps && { steps }),
    ...(isJsonObject(route.metadata) && { metadata: route.metadata }),
    ...(isJsonObject(value.headers) && { headers: value.headers }),
    ...(isDelay(value.delay_ms) && { delayMs: value.delay_ms }),
  };
}

function parseSends(value: Json): Reply {
  if (!Array.isArray(value)) return illegal(`sends is ${kindOf(value)}, not an array`);
  const sends: Send[] = [];
  for (const item of value) {
    if (!isJsonObject(item) || typeof item.queue !== "string" || item.queue === "") {
      return illegal("a send names no queue");
    }
    const { queue, message, body, delay_ms } = item;
    if (isJsonObject(message) === (typeof body === "string")) {
      return illegal(`the send to "${queue}" needs either a message or a body`);
    }
    sends.push({
      queue,
      ...(isJsonObject(message) && { message }),
      ...(typeof body === "string" && { body }),
      ...(isDelay(delay_ms) && { delayMs: delay_ms }),
    });
  }
  return { kind: "sends", sends };
}

function parseFailure(value: JsonObject): Reply {
  const details = isJsonObject(value.details) ? value.details : value;
  const type = textOf(details.type) ?? textOf(value.type);
  const stack = textOf(details.traceback) ?? textOf(details.stack);
  const message = textOf(details.message) ?? textOf(value.message) ?? textOf(value.error) ??
    "the handler failed without saying why";
  const said = textOf(value.error) ?? "processing_error";
  const known = said === "msg_parsing_error" ? "malformed_message" : said;
  const memory = known === "processing_error"
    ? memoryCodeOf(type ?? "", `${message}\n${stack ?? ""}`)
    : undefined;
  const severity = value.severity === "recoverable" || value.severity === "fatal"
    ? value.severity
    : undefined;
  const retryAfterSeconds = isDelay(value.retry_after) ? value.retry_after : undefined;
  const failure = createFailure(memory ?? known, message, {
    type,
    severity,
    retryAfterSeconds,
    stack,
  });
  return { kind: "failure", failure };
}

function outputToWire(output: Output): JsonObject {
  const route = {
    ...(output.steps && { steps: output.steps }),
    ...(output.metadata && { metadata: output.metadata }),
  };
  return {
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

function listItem(output: Output, route: Route): JsonObject {
  const metadata = output.metadata ?? route.metadata;
  return {
    payload: output.payload,
    route: {
      steps: output.steps ?? [...route.steps],
      current: route.current,
      ...(Object.keys(metadata).length > 0 && { metadata }),
    },
  };
}

function isBare(output: Output): boolean {
  return !output.steps && !output.metadata && !output.headers && output.delayMs === undefined;
}

function isTextList(value: Json): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isDelay(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function illegal(got: string): Reply {
  const message = `the handler's host answered something illegal: ${got}`;
  return { kind: "failure", failure: createFailure("processing_error", message) };
}
