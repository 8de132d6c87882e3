import {
  createFailure,
  type Failure,
  FAILURE_HEADER,
  inputIdentity,
  isJsonObject,
  type Message,
  messageIdOf,
  parseJson,
  parseMessage,
  wrapFailure,
  writeBookkeeping,
} from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { Decision, RetryCause } from "./decision.ts";
import { outgoing, sendBack } from "./outgoing.ts";
import type { Policy } from "./policy.ts";
import {
  COUNT_HEADERS,
  type Counts,
  encodeMessage,
  type Received,
  type StepWork,
  type TerminalWork,
  type Work,
} from "./work.ts";

/** A terminal actor's wait before its second try; it doubles with every further one. */
const OWN_RETRY_BASE_MS = 5_000;

/** No wait between a terminal actor's tries is longer, unless its failure asks for more. */
const OWN_RETRY_MAX_MS = 300_000;

/**
 * Decides what becomes of work that failed: an envelope for error-end, or, where error-end or
 * happy-end themselves failed, another try later and in the end the dead letters.
 *
 * @param work what failed
 * @param failure why
 * @param policy the sidecar's place in the mesh
 * @param options `isLast` forbids a terminal actor another try
 */
export function decideFailure(
  work: Work,
  failure: Failure,
  policy: Policy,
  options: { readonly isLast?: boolean } = {},
): Decision {
  if (work.kind === "terminal") return decideOwnFailure(work, failure, policy, options);
  const judged = judge(failure, policy);
  const { body, headers } = envelop(work.received, judged, policy, work.message);
  const sent = outgoing(work, policy.errorEnd, body, 0);
  const message = headers ? { ...sent, headers: { ...sent.headers, ...headers } } : sent;
  return { kind: "fail", failure: judged, message };
}

/**
 * Decides what becomes of a body that is no message: it goes to error-end as it came.
 *
 * @param received what the queue delivered
 * @param failure what is wrong with it
 * @param policy the sidecar's place in the mesh
 */
export function decideUnreadable(received: Received, failure: Failure, policy: Policy): Decision {
  const queue = policy.errorEnd;
  const input = inputIdentity(received.messageId);
  const messageId = messageIdOf({ input, attempt: 1, destination: queue, ordinal: 0 });
  const message = { queue, messageId, ...envelop(received, failure, policy) };
  return { kind: "fail", failure, message };
}

/**
 * Sends a message to its own queue once more, with changed counts.
 *
 * @param work the message
 * @param why what for
 * @param counts the counts that change
 * @param policy the sidecar's place in the mesh
 * @param delayMs milliseconds before the queue shows it again
 */
export function resend(
  work: Work,
  why: RetryCause,
  counts: Partial<Counts>,
  policy: Policy,
  delayMs = 0,
): Decision {
  const { received, identity } = work;
  if (work.kind === "terminal") {
    const headers = { ...received.headers, ...countHeaders(counts) };
    return { kind: "retry", why, message: sendBack(received, identity, { headers, delayMs }) };
  }
  const body = Object.keys(counts).length > 0 ? recount(work, counts) : work.body;
  // What a queue took once it takes again; only what has grown may be too large.
  if (body.length > Math.max(policy.maxMessageBytes, received.body.length)) {
    return decideFailure(work, noRoomFailure(body.length, policy), policy);
  }
  return { kind: "retry", why, message: sendBack(received, identity, { body, delayMs }) };
}

/** A terminal actor never sends its failure to itself: it tries again, then gives up. */
function decideOwnFailure(
  work: TerminalWork,
  failure: Failure,
  policy: Policy,
  options: { readonly isLast?: boolean },
): Decision {
  const { attempt } = work.counts;
  // Who asks for another try gets it, for ever: a gateway that is away must not cost a result.
  // What is too large now is so at every try.
  const mayTry = failure.code === "retryable_error" ||
    (failure.code !== "frame_too_large" && attempt < policy.maxDeliveries);
  if (!options.isLast && mayTry) {
    const backoffMs = Math.min(OWN_RETRY_MAX_MS, OWN_RETRY_BASE_MS * 2 ** (attempt - 1));
    const delayMs = Math.max(backoffMs, (failure.retryAfterSeconds ?? 0) * 1000);
    const again = resend(work, "own_failure", { attempt: attempt + 1 }, policy, delayMs);
    return again.kind === "retry" ? { ...again, failure } : again;
  }
  const { received } = work;
  const json = parseJson(received.body);
  const isEnvelope = received.headers[FAILURE_HEADER] !== undefined ||
    (json.ok && isJsonObject(json.value) && json.value.error !== undefined);
  const parsed = json.ok ? parseMessage(json.value) : undefined;
  const message = parsed?.ok ? parsed.message : undefined;
  const wrapped = isEnvelope
    ? besides(received, failure, policy)
    : envelop(received, failure, policy, message);
  const sent = outgoing(work, policy.deadLetter, wrapped.body, 0);
  return {
    kind: "fail",
    failure,
    message: { ...sent, headers: { ...sent.headers, ...wrapped.headers } },
  };
}

type Wrapped = Pick<Outgoing, "body" | "headers">;

function envelop(
  received: Received,
  failure: Failure,
  policy: Policy,
  message?: Message,
): Wrapped {
  const { queue: step, actor, maxMessageBytes } = policy;
  const work = { failure, body: received.body, ...(message && { message }), step, actor };
  const { body, failureHeader } = wrapFailure(work, maxMessageBytes);
  return failureHeader === undefined
    ? { body }
    : { body, headers: { [FAILURE_HEADER]: failureHeader } };
}

/**
 * The body stays as it is, an envelope already, or too large for one; why it is here stands in the
 * header. What failed first counts more than that nobody could be told of it.
 */
function besides(received: Received, failure: Failure, policy: Policy): Wrapped {
  const first = received.headers[FAILURE_HEADER];
  if (first !== undefined) return { body: received.body, headers: { [FAILURE_HEADER]: first } };
  const { failureHeader } = wrapFailure({
    failure,
    body: received.body,
    step: policy.queue,
    actor: policy.actor,
  }, 0);
  return { body: received.body, headers: { [FAILURE_HEADER]: failureHeader ?? "" } };
}

function recount(work: StepWork, counts: Partial<Counts>): Uint8Array {
  const { message } = work;
  return encodeMessage({ ...message, route: writeBookkeeping(message.route, counts) });
}

function countHeaders(counts: Partial<Counts>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of ["attempt", "deliveries", "redeliveries"] as const) {
    const count = counts[name];
    if (count !== undefined) headers[COUNT_HEADERS[name]] = String(count);
  }
  return headers;
}

/** Where timeouts are worth a retry, they are, whoever noticed this one. */
function judge(failure: Failure, policy: Policy): Failure {
  return failure.code === "timeout_error" && policy.retryTimeouts
    ? { ...failure, severity: "recoverable" }
    : failure;
}

function noRoomFailure(bytes: number, policy: Policy): Failure {
  return createFailure(
    "frame_too_large",
    `with its tries counted the message has ${bytes} bytes; ` +
      `at most ${policy.maxMessageBytes} are allowed`,
  );
}
