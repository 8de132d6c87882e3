import {
  advance,
  type Bookkeeping,
  branchOf,
  checkRewrite,
  clearStepBookkeeping,
  createFailure,
  currentStep,
  type Failure,
  groupOf,
  isJsonObject,
  isQueueName,
  type JsonObject,
  type Message,
  messageIdOf,
  type Output,
  parentBranch,
  type Route,
  writeBookkeeping,
} from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { Policy } from "./policy.ts";
import { encodeMessage, type Received, type StepWork, type Work } from "./work.ts";

/** The messages that an answer makes, or why it makes none. */
export type Built =
  | { readonly ok: true; readonly messages: Outgoing[] }
  | { readonly ok: false; readonly failure: Failure };

/** The longest wait that a queue offers; a longer one is written down and begun again. */
const LONGEST_DELAY_MS = 3_600_000;

/** Headers that carry a trace from hop to hop. */
const TRACE_HEADERS = ["traceparent", "tracestate", "baggage"] as const;

/**
 * Makes the one message of an answer that did not fan out.
 *
 * @param work what the handler was given
 * @param output what it wants sent on
 * @param policy the sidecar's place in the mesh
 * @param nowMs milliseconds since the epoch
 */
export function buildOutput(work: StepWork, output: Output, policy: Policy, nowMs: number): Built {
  return build(work, [{ output, branch: work.bookkeeping.branch }], policy, nowMs);
}

/**
 * Makes a join's merged message, which leaves the latest fan-out.
 *
 * @param work what the handler was given
 * @param output what it wants sent on
 * @param policy the sidecar's place in the mesh
 * @param nowMs milliseconds since the epoch
 */
export function buildJoined(work: StepWork, output: Output, policy: Policy, nowMs: number): Built {
  const { branch } = work.bookkeeping;
  return build(work, [{ output, branch: branch && parentBranch(branch) }], policy, nowMs);
}

/**
 * Makes the messages of a fan-out, each with its lineage; `null` is an empty branch.
 *
 * @param work what the handler was given
 * @param outputs what it wants sent on, in order
 * @param policy the sidecar's place in the mesh
 * @param nowMs milliseconds since the epoch
 */
export function buildFanOut(
  work: StepWork,
  outputs: readonly (Output | null)[],
  policy: Policy,
  nowMs: number,
): Built {
  const group = groupOf(
    outputs.map((output) => output && [output.payload, output.steps ?? null]),
  );
  const count = outputs.length;
  const branches = outputs.map((output, index) => ({
    output,
    branch: branchOf(work.bookkeeping.branch, { index, count, group }),
  }));
  return build(work, branches, policy, nowMs);
}

/**
 * The message as its step received it, on its way to happy-end: the handler had nothing to send on.
 *
 * @param work what the handler was given
 * @param policy the sidecar's place in the mesh
 */
export function buildAsReceived(work: StepWork, policy: Policy): Outgoing {
  const { message } = work;
  const body = asyaOf(message.route).at === undefined
    ? work.body
    : encodeMessage({ ...message, route: clearStepBookkeeping(message.route) });
  return outgoing(work, policy.happyEnd, body, 0);
}

/**
 * The message once more, to its own step: later, marked as woken.
 *
 * @param work what the handler was given
 * @param wakeMs milliseconds to wait
 * @param policy the sidecar's place in the mesh
 * @param nowMs milliseconds since the epoch
 */
export function buildWake(
  work: StepWork,
  wakeMs: number,
  policy: Policy,
  nowMs: number,
): Outgoing {
  const route = writeBookkeeping(work.message.route, {
    wake: true,
    deliveries: undefined,
    redeliveries: undefined,
    notBefore: notBefore(wakeMs, nowMs),
  });
  const body = encodeMessage({ ...work.message, route });
  return outgoing(work, policy.queue, body, 0, wakeMs);
}

/**
 * A message with everything that one which is made from some work carries along.
 *
 * @param work what it is made from
 * @param queue where it goes
 * @param body its bytes
 * @param ordinal its 0-based place among all that are made from that work
 * @param delayMs milliseconds before the queue shows it
 */
export function outgoing(
  work: Work,
  queue: string,
  body: Uint8Array,
  ordinal: number,
  delayMs?: number,
): Outgoing {
  const { identity: input, counts: { attempt } } = work;
  const headers = traceHeaders(work);
  return {
    queue,
    body,
    messageId: messageIdOf({ input, attempt, destination: queue, ordinal }),
    ...(headers && { headers }),
    ...(delayMs && { delayMs: Math.min(delayMs, LONGEST_DELAY_MS) }),
  };
}

/**
 * A body back to its own queue, still the same message by its id and headers.
 *
 * @param received what the queue delivered
 * @param identity what an id is made from, where it came without one
 * @param change another body, other headers, a delay
 */
export function sendBack(
  received: Received,
  identity: string,
  change: Partial<Pick<Outgoing, "body" | "headers" | "delayMs">> = {},
): Outgoing {
  const { queue, body, headers, messageId } = received;
  const ownId = messageIdOf({ input: identity, attempt: 1, destination: queue, ordinal: 0 });
  const { delayMs, ...rest } = change;
  return {
    queue,
    body,
    headers,
    ...rest,
    messageId: messageId || ownId,
    ...(delayMs && { delayMs: Math.min(delayMs, LONGEST_DELAY_MS) }),
  };
}

/**
 * The time that stands in a message whose delay no queue offers at once.
 *
 * @param delayMs the whole wait, in milliseconds
 * @param nowMs milliseconds since the epoch
 * @returns RFC 3339; `undefined` when a queue can wait that long itself
 */
export function notBefore(delayMs: number, nowMs: number): string | undefined {
  return delayMs > LONGEST_DELAY_MS ? new Date(nowMs + delayMs).toISOString() : undefined;
}

interface BranchOutput {
  readonly output: Output | null;
  readonly branch: string | undefined;
}

function build(
  work: StepWork,
  branches: readonly BranchOutput[],
  policy: Policy,
  nowMs: number,
): Built {
  const messages: Outgoing[] = [];
  for (const [ordinal, { output, branch }] of branches.entries()) {
    const next = output ? advanced(work, output, policy) : { ...work.message, payload: null };
    if (isFailure(next)) return { ok: false, failure: next };
    const delayMs = output?.delayMs ?? 0;
    const route = carriedOn(next.route, { branch, notBefore: notBefore(delayMs, nowMs) });
    const body = encodeMessage({ ...next, route });
    if (body.length > policy.maxMessageBytes) {
      return { ok: false, failure: tooLarge(body.length, ordinal, branches.length, policy) };
    }
    // An empty branch ends here, wherever its route would have led.
    const queue = (output && currentStep(route)) ?? policy.happyEnd;
    messages.push(outgoing(work, queue, body, ordinal, delayMs));
  }
  return { ok: true, messages };
}

/** The message one step further, with all that it inherits. */
function advanced(work: StepWork, output: Output, policy: Policy): Message | Failure {
  const { message } = work;
  const before = message.route;
  const steps = output.steps ?? before.steps;
  const tampered = checkRewrite(before, steps, output.current);
  if (tampered) return tampered;
  const metadata = output.metadata ? withOurs(output.metadata, before) : before.metadata;
  const route = advance({ ...before, steps, metadata });
  const refused = checkNextStep(route, policy);
  if (refused) return refused;
  return {
    ...message,
    route,
    payload: output.payload,
    headers: output.headers ?? message.headers,
    extra: output.extra ? { ...message.extra, ...output.extra } : message.extra,
  };
}

/**
 * Whether a message may go to the step its route names next.
 *
 * @param route the route, already advanced
 * @param policy the sidecar's place in the mesh
 * @returns the `route_error`, or `undefined` when it may
 */
export function checkNextStep(route: Route, policy: Policy): Failure | undefined {
  const next = currentStep(route);
  if (next === undefined) return undefined;
  if (!isQueueName(next)) {
    return createFailure("route_error", `the next step is "${next}", which cannot name a queue`);
  }
  if (policy.allowedSteps === undefined || policy.allowedSteps.has(next)) return undefined;
  return createFailure(
    "route_error",
    `the next step is "${next}"; step "${policy.queue}" may send to ` +
      [...policy.allowedSteps].map((name) => `"${name}"`).join(", "),
  );
}

/** Ours is never taken from a handler: it stays as the step received it. */
function withOurs(metadata: JsonObject, before: Route): JsonObject {
  const { asya: _, ...theirs } = metadata;
  const { asya } = before.metadata;
  return asya === undefined ? theirs : { ...theirs, asya };
}

function carriedOn(route: Route, change: Partial<Bookkeeping>): Route {
  const cleared = clearStepBookkeeping(route);
  return change.branch === undefined && change.notBefore === undefined &&
      asyaOf(cleared).branch === undefined
    ? cleared
    : writeBookkeeping(cleared, change);
}

function asyaOf(route: Route): JsonObject {
  return isJsonObject(route.metadata.asya) ? route.metadata.asya : {};
}

function tooLarge(bytes: number, ordinal: number, count: number, policy: Policy): Failure {
  const which = count === 1 ? "the output" : `output ${ordinal} of ${count}`;
  return createFailure(
    "frame_too_large",
    `${which} of step "${policy.queue}" makes a message of ${bytes} bytes; ` +
      `at most ${policy.maxMessageBytes} are allowed`,
  );
}

function traceHeaders(work: Work): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  const carried = work.kind === "step" ? work.message.headers : {};
  for (const name of TRACE_HEADERS) {
    const value = work.received.headers[name] ?? carried[name];
    if (typeof value === "string") (found ??= {})[name] = value;
  }
  return found;
}

function isFailure(value: Message | Failure): value is Failure {
  return "code" in value;
}
