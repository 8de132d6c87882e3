import {
  FAILURE_HEADER,
  failureToWire,
  isJsonObject,
  type Json,
  type JsonObject,
  type Message,
  parseErrorEnvelope,
  parseJson,
  parseMessage,
  readBookkeeping,
  type ReceivedFailure,
} from "@asya/protocol";
import type { BrowsedMessage } from "@asya/transport";
import type { DeadLetter } from "./dead_letter.ts";
import { letterIdOf } from "./letter_id.ts";

/** What a broker writes beside a message that it has put here by itself. */
const BROKER = { reason: "x-first-death-reason", queue: "x-first-death-queue" };

/** No job that anybody finds has a longer id; listings keep every one that they tell. */
const MAX_ID_CHARS = 200;

/** Nor is the place of a body longer: a bucket, and a key of up to 1024 bytes. */
const MAX_PLACE_CHARS = 2_000;

/**
 * Reads a dead letter. Total: whatever is in the queue, something is said of it.
 *
 * - What a terminal actor gave up is an error envelope with a stamp, `dead_letter`.
 * - What a terminal actor itself failed on is that envelope as it came, or one of its own, with the
 *   actor's failure in a header beside it.
 * - What a broker put here is the message as it was, with the reason in headers.
 * - Anything else is a body of which nobody knows anything.
 *
 * @param found the letter as the queue has it
 */
export function parseDeadLetter(found: BrowsedMessage): DeadLetter {
  const { body, headers, timestamp } = found;
  const json = parseJson(body);
  const envelope = json.ok && isJsonObject(json.value) && json.value.error !== undefined
    ? json.value
    : undefined;
  const place = {
    id: letterIdOf(found),
    ...(timestamp && { queuedAt: timestamp.toISOString() }),
  };
  const beside = headers[FAILURE_HEADER];
  if (envelope) return { ...place, ...ofEnvelope(envelope, body, beside) };
  if (beside !== undefined) return { ...place, ...ofFailure(parseErrorEnvelope(body, beside)) };
  return { ...place, ...ofBody(body, headers) };
}

type Told = Omit<DeadLetter, "id" | "queuedAt">;

/** An envelope; `beside` is why a terminal actor could do nothing with it. */
function ofEnvelope(envelope: JsonObject, body: Uint8Array, beside: string | undefined): Told {
  const stamp = isJsonObject(envelope.dead_letter) ? envelope.dead_letter : undefined;
  const failed = parseErrorEnvelope(body);
  const isHere = stamp === undefined || envelope.original_message !== undefined;
  const told = ofFailure(failed);
  const keeper = beside === undefined ? undefined : parseErrorEnvelope(body, beside);
  const from = textOf(stamp?.from) ?? keeper?.step;
  const stored = textOf(stamp?.stored, MAX_PLACE_CHARS);
  const { original: _, payload: __, ...withoutBody } = told;
  const bytes = stamp?.bytes;
  return {
    ...(isHere ? told : { ...withoutBody, ...routeOf(envelope) }),
    ...(typeof bytes === "number" && { bytes }),
    ...(from !== undefined && { from }),
    ...(stored !== undefined && { stored }),
    ...(keeper && { details: { ...told.details, given_up: failureToWire(keeper.failure) } }),
  };
}

/** Failed work, with the body that failed. */
function ofFailure(received: ReceivedFailure): Told {
  const { failure, jobId, step, actor, attempt, message, body } = received;
  const { error = failure.code, ...details } = failureToWire(failure);
  const isOfRoute = message === undefined || step === undefined ||
    message.route.steps.includes(step);
  return {
    ...ofJob(jobId),
    error: String(error),
    message: failure.message,
    details: {
      ...details,
      ...(step !== undefined && { step }),
      ...(actor !== undefined && { actor }),
    },
    ...(step !== undefined && (isOfRoute ? { step } : { step, from: step })),
    ...(actor !== undefined && { actor }),
    attempt,
    bytes: body.length,
    original: body,
    ...(message && ofMessage(message)),
  };
}

/** A body as it is, of which at most the broker says anything. */
function ofBody(body: Uint8Array, headers: BrowsedMessage["headers"]): Told {
  const parsed = parseMessage(body);
  const message = parsed.ok ? parsed.message : undefined;
  const { [BROKER.reason]: reason, [BROKER.queue]: queue } = headers;
  return {
    ...(message && ofJob(message.jobId)),
    error: reason ?? "unknown",
    message: reason === undefined
      ? "nothing says why this is here"
      : `the broker put it here from ${queue ?? "a queue"}: ${reason}`,
    details: {},
    ...(queue !== undefined && { step: queue, from: queue }),
    bytes: body.length,
    original: body,
    ...(message && ofMessage(message)),
  };
}

function ofMessage({ route, headers, payload }: Message): Partial<Told> {
  const { created } = readBookkeeping(route);
  return { route, headers, payload, ...(created !== undefined && { created }) };
}

/** The way that an envelope tells besides its body. */
function routeOf(envelope: JsonObject): Partial<Told> {
  const parsed = parseMessage({ ...envelope, payload: null });
  if (!parsed.ok) return {};
  const { payload: _, ...told } = ofMessage(parsed.message);
  return told;
}

function ofJob(jobId: string): Partial<Told> {
  return jobId !== "" && jobId.length <= MAX_ID_CHARS ? { jobId } : {};
}

function textOf(value: Json | undefined, maxChars: number = Infinity): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= maxChars ? value : undefined;
}
