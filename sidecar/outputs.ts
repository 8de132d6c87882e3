import {
  advance,
  type Bookkeeping,
  branchOf,
  checkFanOut,
  checkRewrite,
  clearStepBookkeeping,
  createFailure,
  currentStep,
  type Failure,
  groupOf,
  hasSameSteps,
  isJsonObject,
  type JsonObject,
  type Message,
  type Output,
  parentBranch,
  reroute,
  type Route,
  writeBookkeeping,
} from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { Policy } from "./policy.ts";
import { checkNextStep } from "./next_step.ts";
import { notBefore, outgoing } from "./outgoing.ts";
import { encodeMessage, type StepWork } from "./work.ts";

/** The messages that an answer makes, or why it makes none. */
export type Built =
  | {
    readonly ok: true;
    readonly messages: Outgoing[];
    /** The route of a single output, where it is another than the input's. */
    readonly steps?: readonly string[];
  }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Makes the one message of an answer that did not fan out.
 *
 * @param work what the handler was given
 * @param output what it wants sent on
 * @param policy the sidecar's place in the mesh
 * @param nowMs milliseconds since the epoch
 */
export function buildOutput(work: StepWork, output: Output, policy: Policy, nowMs: number): Built {
  return buildOne(work, output, work.bookkeeping.branch, policy, nowMs);
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
  return buildOne(work, output, branch && parentBranch(branch), policy, nowMs);
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
  const parent = work.bookkeeping.branch;
  const count = outputs.length;
  const failure = checkFanOut(parent, count);
  if (failure) return { ok: false, failure };
  const group = groupOf(
    outputs.map((output) => output && [output.payload, output.steps ?? null]),
  );
  const branches = outputs.map((output, index) => ({
    output,
    branch: branchOf(parent, { index, count, group }),
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

interface BranchOutput {
  readonly output: Output | null;
  readonly branch: string | undefined;
}

function buildOne(
  work: StepWork,
  output: Output,
  branch: string | undefined,
  policy: Policy,
  nowMs: number,
): Built {
  const built = build(work, [{ output, branch }], policy, nowMs);
  const { steps } = output;
  const isOther = steps && !hasSameSteps(steps, work.message.route.steps);
  return built.ok && isOther ? { ...built, steps } : built;
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
    const change = {
      branch,
      notBefore: notBefore(delayMs, nowMs),
      ...(!output && { empty: true }),
    };
    const route = carriedOn(next.route, change);
    const body = encodeMessage({ ...inTrace(next, work), route }, output?.payloadText);
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
  const route = advance(reroute({ ...before, metadata }, steps));
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

/** Where the work is a part of a recorded trace, its output says so. */
function inTrace(message: Message, { traceparent }: StepWork): Message {
  if (traceparent === undefined) return message;
  return { ...message, headers: { ...message.headers, traceparent } };
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

function isFailure(value: Message | Failure): value is Failure {
  return "code" in value;
}
