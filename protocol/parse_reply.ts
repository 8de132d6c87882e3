import { createFailure } from "./failure.ts";
import { isJsonObject, type Json, type JsonObject, kindOf, parseJson, showJson } from "./json.ts";
import { MAX_FAN_OUT } from "./lineage.ts";
import { MAX_MESSAGE_DEPTH } from "./message.ts";
import { parseFailure } from "./parse_failure.ts";
import type { Output, Reply, Send } from "./reply.ts";
import { isDelayMs, MAX_DELAY_MS } from "./time.ts";

/** Fields of a whole output that are the job's, or the list form's own, not the sender's to add. */
const RESERVED = new Set(["job_id", "id", "deadline", "error", "details"]);

/** Fields of a route that may stand without its steps; beside them, others are carried on. */
const ROUTE_FIELDS = new Set(["steps", "route", "actors", "current", "metadata"]);

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
  if (value.status === "error" || saysError(value)) {
    return { kind: "failure", failure: parseFailure(value) };
  }
  return illegal(`the reply has status ${showJson(value.status)}`);
}

/**
 * Parses the body of a reply frame, as a host that knows only single exchanges sends it. Total: what
 * is not JSON, or too deep for the message that would be made of it, is a `processing_error`.
 *
 * @param body a frame's body
 * @example
 * ```ts
 * import { parseReplyBody } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const parse = (text: string) => parseReplyBody(new TextEncoder().encode(text));
 * assert.equal(parse('{"status":"ok","result":null}').kind, "empty");
 * assert.equal(parse("Segmentation fault").kind, "failure");
 * ```
 */
export function parseReplyBody(body: Uint8Array): Reply {
  const json = parseJson(body, MAX_MESSAGE_DEPTH);
  return json.ok ? parseReply(json.value) : illegal(`the reply is not JSON: ${json.reason}`);
}

/** Other implementations write the field always, and leave it empty when all is well. */
function saysError(value: JsonObject): boolean {
  return value.error !== undefined && value.error !== null && value.error !== "";
}

function parseSuccess(value: JsonObject): Reply {
  const { sends = null, messages = null, result = null, wake = null } = value;
  if (sends !== null) return parseSends(sends);
  if (value.absorbed === true) {
    return isNothing(messages) && isNothing(result)
      ? parseAbsorbed(wake, value.late === true)
      : illegal("an absorbed reply has outputs too; what a join takes in is not sent on");
  }
  if (value.joined === true) return parseMessages(messages ?? [], true);
  return messages !== null ? parseMessages(messages, false) : parseResult(result);
}

function parseAbsorbed(wake: Json, isLate: boolean): Reply {
  const late = isLate && { late: true as const };
  if (wake === null) return { kind: "absorbed", ...late };
  const wakeMs = isJsonObject(wake) ? wake.delay_ms : undefined;
  return isDelayMs(wakeMs) ? { kind: "absorbed", wakeMs, ...late } : illegal(
    `wake is ${showJson(wake)}, not {"delay_ms": milliseconds from 0 to ${MAX_DELAY_MS}}`,
  );
}

function parseResult(result: Json): Reply {
  if (result === null) return { kind: "empty" };
  if (!Array.isArray(result)) return { kind: "output", output: { payload: result } };
  if (result.length === 0) return { kind: "empty" };
  return fanOut(result.map((item) => item === null ? null : { payload: item }));
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
  return outputs.length === 1 && first ? { kind: "output", output: first } : fanOut(outputs);
}

function fanOut(outputs: (Output | null)[]): Reply {
  return outputs.length <= MAX_FAN_OUT
    ? { kind: "fan_out", outputs }
    : illegal(`${outputs.length} outputs; at most ${MAX_FAN_OUT} are allowed`);
}

/** The bare list of one-exchange hosts: whole outputs, or errors; a list of one is no fan-out. */
function parseList(items: Json[]): Reply {
  const failed = items.find((item) => isJsonObject(item) && saysError(item));
  if (isJsonObject(failed)) return { kind: "failure", failure: parseFailure(failed) };
  return parseMessages(items, false);
}

function parseOutput(value: Json): Output | string {
  if (!isJsonObject(value)) return `an output is ${kindOf(value)}, not {payload, route}`;
  const { payload, route: routeValue, headers = null, delay_ms, ...others } = value;
  if (payload === undefined) return "an output has no payload";
  const route = routeValue ?? {};
  if (!isJsonObject(route)) return `an output's route is ${kindOf(route)}, not an object`;
  const steps = route.steps ?? route.route ?? route.actors ?? undefined;
  if (steps !== undefined && !isTextList(steps)) {
    return `an output's route.steps is ${showJson(steps)}, not a list of queue names`;
  }
  const unknown = Object.keys(route).filter((name) => !ROUTE_FIELDS.has(name));
  if (steps === undefined && unknown.length > 0) {
    return `an output's route has ${unknown.join(", ")} and no steps; its steps may be called ` +
      "steps, route or actors";
  }
  const { metadata = null } = route;
  if (metadata !== null && !isJsonObject(metadata)) {
    return `an output's route.metadata is ${kindOf(metadata)}, not an object`;
  }
  if (headers !== null && !isJsonObject(headers)) {
    return `an output's headers are ${kindOf(headers)}, not an object`;
  }
  const current = route.current ?? undefined;
  if (current !== undefined && typeof current !== "number") {
    return `an output's route.current is ${kindOf(current)}, not a number`;
  }
  if (!isOptionalDelay(delay_ms)) return illegalDelay("an output", delay_ms);
  const extra = Object.entries(others).filter(([name]) => !RESERVED.has(name));
  return {
    payload,
    ...(steps && { steps }),
    ...(current !== undefined && { current }),
    ...(metadata && { metadata }),
    ...(headers && { headers }),
    ...(extra.length > 0 && { extra: Object.fromEntries(extra) }),
    ...(typeof delay_ms === "number" && { delayMs: delay_ms }),
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
    if (!isOptionalDelay(delay_ms)) {
      return illegal(illegalDelay(`the send to "${queue}"`, delay_ms));
    }
    sends.push({
      queue,
      ...(isJsonObject(message) && { message }),
      ...(typeof body === "string" && { body }),
      ...(typeof delay_ms === "number" && { delayMs: delay_ms }),
    });
  }
  return { kind: "sends", sends };
}

function isNothing(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isTextList(value: Json): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isOptionalDelay(value: Json | undefined): value is number | null | undefined {
  return value === undefined || value === null || isDelayMs(value);
}

function illegalDelay(where: string, value: Json): string {
  return `${where} has delay_ms ${
    showJson(value)
  }; milliseconds from 0 to ${MAX_DELAY_MS} are allowed`;
}

function illegal(got: string): Reply {
  const message = `the handler's host answered something illegal: ${got}`;
  return { kind: "failure", failure: createFailure("processing_error", message) };
}
