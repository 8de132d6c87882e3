/**
 * Messages as they lie in queues: read in every spelling, and written as they came.
 *
 * @module
 */
import { createFailure, type Failure } from "./failure.ts";
import { isJsonObject, type Json, type JsonObject, kindOf, parseJson, showJson } from "./json.ts";
import type { Route } from "./route.ts";
import { isTime } from "./time.ts";

/** Under which names a message spells its job and its steps; it leaves as it came. */
export interface Spelling {
  /** The top-level field with the job's id. */
  readonly id: "job_id" | "id";
  /** The field of `route` with the queue names. */
  readonly steps: "steps" | "route" | "actors";
}

/** The spelling this toolkit writes itself. */
export const CANONICAL_SPELLING: Spelling = { id: "job_id", steps: "steps" };

/** The body on a step's queue. */
export interface Message {
  /** The job it belongs to; `""` when the producer set none. */
  readonly jobId: string;
  /** Which queues in which order, and how far it has come. */
  readonly route: Route;
  /** Application headers such as `traceparent`, carried along. */
  readonly headers: JsonObject;
  /** What the step works on; see {@linkcode payloadForHandler} for how a handler gets it. */
  readonly payload: Json;
  /** RFC 3339 time at which the job is over, where a gateway put it at the top. */
  readonly deadline?: string;
  /** The names under which it came, and leaves. */
  readonly spelling: Spelling;
  /** Every other top-level field, preserved on every hop. */
  readonly extra: JsonObject;
  /** Every other field of `route`, preserved on every hop. */
  readonly routeExtra: JsonObject;
}

/**
 * Levels of nesting a message may have; below what {@linkcode parseJson} accepts, so that whatever
 * wraps a message (a call, an envelope, a report) can still be read.
 */
export const MAX_MESSAGE_DEPTH = 1000;

/** A message, or the `malformed_message` that says what is wrong with it. */
export type ParsedMessage = { ok: true; message: Message } | { ok: false; failure: Failure };

const STEPS_KEYS = ["steps", "route", "actors"] as const;

/**
 * Parses a queue's body (spelled any of the accepted ways) into a message.
 *
 * @param body the body's bytes or text, or the JSON value it was already parsed to
 * @returns the message; `route.current` may equal `steps.length` (a finished route)
 * @example
 * ```ts
 * import { parseMessage } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const parsed = parseMessage('{"id":"j1","route":{"actors":["ocr"],"current":0},"payload":{}}');
 * assert.equal(parsed.ok && parsed.message.jobId, "j1");
 * const broken = parseMessage('{"route":{"steps":[],"current":0},"payload":{}}');
 * assert.equal(!broken.ok && broken.failure.code, "malformed_message");
 * ```
 */
export function parseMessage(body: Uint8Array | Json): ParsedMessage {
  if (body instanceof Uint8Array || typeof body === "string") {
    const json = parseJson(body, MAX_MESSAGE_DEPTH);
    return json.ok
      ? parseMessageValue(json.value)
      : malformed(`the body is not JSON: ${json.reason}`);
  }
  return parseMessageValue(body);
}

/**
 * The JSON value of a message, in the spelling it came with.
 *
 * @param message the message
 * @example
 * ```ts
 * import { parseMessage, toWire } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const body = { id: "j1", route: { actors: ["ocr"], current: 0 }, payload: 7, team: "ml" };
 * const parsed = parseMessage(body);
 * assert.deepEqual(parsed.ok && toWire(parsed.message), body);
 * ```
 */
export function toWire(message: Message): JsonObject {
  return { ...withoutPayload(message), payload: message.payload };
}

/**
 * The JSON text of a message, in the spelling it came with.
 *
 * @param message the message
 * @param payloadText the JSON of its payload, where somebody has written it already
 * @example
 * ```ts
 * import { messageText, parseMessage } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const text = '{"job_id":"j1","route":{"steps":["ocr"],"current":0},"payload":{"a":1}}';
 * const parsed = parseMessage(text);
 * assert.equal(parsed.ok && messageText(parsed.message), text);
 * assert(parsed.ok && messageText(parsed.message, '{"a":1.0}').endsWith('"payload":{"a":1.0}}'));
 * ```
 */
export function messageText(message: Message, payloadText?: string): string {
  // A large payload is most of a message: written once, it is only copied from there on.
  const rest = JSON.stringify(withoutPayload(message));
  return `${rest.slice(0, -1)},"payload":${payloadText ?? JSON.stringify(message.payload)}}`;
}

function withoutPayload(message: Message): JsonObject {
  const { route, spelling } = message;
  return {
    ...(message.jobId !== "" && { [spelling.id]: message.jobId }),
    route: {
      [spelling.steps]: [...route.steps],
      current: route.current,
      ...(Object.keys(route.metadata).length > 0 && { metadata: route.metadata }),
      ...message.routeExtra,
    },
    ...(Object.keys(message.headers).length > 0 && { headers: message.headers }),
    ...(message.deadline !== undefined && { deadline: message.deadline }),
    ...message.extra,
  };
}

/**
 * What a handler sees as its payload: always an object.
 *
 * @param payload any JSON; a non-object arrives as `{ value: … }`
 * @example
 * ```ts
 * import { payloadForHandler } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(payloadForHandler([1, 2]), { value: [1, 2] });
 * assert.deepEqual(payloadForHandler({ a: 1 }), { a: 1 });
 * ```
 */
export function payloadForHandler(payload: Json): JsonObject {
  return isJsonObject(payload) ? payload : { value: payload };
}

function parseMessageValue(value: Json): ParsedMessage {
  if (!isJsonObject(value)) return malformed(`the body is ${kindOf(value)}; an object is allowed`);
  const { route: routeValue, headers, payload, deadline, ...rest } = value;
  const route = parseRoute(routeValue);
  if (!route.ok) return malformed(route.reason);
  const idKey = route.stepsKey === "actors" && isEmpty(rest.job_id) ? "id" : "job_id";
  const { [idKey]: id, ...extra } = rest;
  const jobId = id ?? "";
  if (typeof jobId !== "string") {
    return malformed(`${idKey} is ${kindOf(jobId)}; a string is allowed`);
  }
  if (!jobId.isWellFormed()) {
    return malformed(`${idKey} is ${showJson(jobId)}; text without half characters is allowed`);
  }
  if (payload === undefined) return malformed("payload is missing; any JSON value is allowed");
  if (!isOptionalObject(headers)) {
    return malformed(`headers is ${kindOf(headers)}; an object is allowed`);
  }
  if (!isOptionalTime(deadline)) {
    return malformed(`deadline is ${showJson(deadline)}; an RFC 3339 time is allowed`);
  }
  const message = {
    jobId,
    route: route.route,
    headers: headers ?? {},
    payload,
    ...(deadline && { deadline }),
    spelling: { id: idKey, steps: route.stepsKey } as const,
    extra,
    routeExtra: route.extra,
  };
  return { ok: true, message };
}

type ParsedRoute =
  | { ok: true; route: Route; stepsKey: Spelling["steps"]; extra: JsonObject }
  | { ok: false; reason: string };

function parseRoute(value: Json | undefined): ParsedRoute {
  const refuse = (reason: string): ParsedRoute => ({ ok: false, reason });
  if (!isJsonObject(value)) return refuse(`route is ${kindOf(value)}; an object is allowed`);
  const stepsKey = STEPS_KEYS.find((key) => !isEmpty(value[key]));
  if (!stepsKey) return refuse("route has no steps; a non-empty list of queue names is allowed");
  const { [stepsKey]: steps, current, metadata, ...extra } = value;
  if (!Array.isArray(steps) || steps.length === 0) {
    const got = Array.isArray(steps) ? "an empty list" : kindOf(steps);
    return refuse(`route.${stepsKey} is ${got}; a non-empty list of queue names is allowed`);
  }
  const bad = steps.findIndex((step) => typeof step !== "string" || step === "");
  if (bad !== -1) {
    return refuse(
      `route.${stepsKey}[${bad}] is ${showJson(steps[bad])}; a queue's name is allowed`,
    );
  }
  if (
    typeof current !== "number" || !Number.isInteger(current) || current < 0 ||
    current > steps.length
  ) {
    return refuse(
      `route.current is ${showJson(current)}; ` +
        `an integer from 0 to ${steps.length} is allowed`,
    );
  }
  if (!isOptionalObject(metadata)) {
    return refuse(`route.metadata is ${kindOf(metadata)}; an object is allowed`);
  }
  const route = { steps: steps as string[], current, metadata: metadata ?? {} };
  return { ok: true, route, stepsKey, extra };
}

/** Some producers write every field they know, and leave empty what they have nothing for. */
function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === "";
}

function isOptionalObject(value: Json | undefined): value is JsonObject | null | undefined {
  return value === undefined || value === null || isJsonObject(value);
}

function isOptionalTime(value: Json | undefined): value is string | null | undefined {
  return isEmpty(value) || isTime(value);
}

function malformed(reason: string): ParsedMessage {
  return { ok: false, failure: createFailure("malformed_message", reason) };
}
