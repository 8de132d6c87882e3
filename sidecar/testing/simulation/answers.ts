import type { Json, JsonObject } from "@asya/protocol";

/** A call as the handler's host sees it. */
export interface Asked {
  readonly call: number;
  /** Which letter it is about. */
  readonly token: string;
  /** The message's steps, where it is a message, and where it is on them. */
  readonly steps: readonly string[];
  readonly current: number;
}

/** One message that has to come of an answer. */
export interface ExpectedOutput {
  /** Where it goes: a queue, or wherever the route leads next. */
  readonly to?: string;
  readonly payload: Json;
  /** Its place in a fan-out: index and count. */
  readonly place?: readonly [number, number];
  readonly delayMs?: number;
  readonly headers?: JsonObject;
  /** The route's steps, where the answer changed them. */
  readonly steps?: readonly string[];
  /** Whether it leaves the latest fan-out. */
  readonly isJoined?: boolean;
}

/** What has to come of an answer. */
export type Expected =
  | { readonly kind: "outputs"; readonly outputs: readonly ExpectedOutput[] }
  | { readonly kind: "as_received" }
  | { readonly kind: "absorbed"; readonly wakeMs?: number }
  | { readonly kind: "sends"; readonly queues: readonly string[] }
  /** The handler failed, and says so. */
  | { readonly kind: "failure"; readonly code: string }
  /** What it wants is not allowed; a terminal actor's wish for outputs is not even looked at. */
  | { readonly kind: "refused"; readonly code: string };

/** What a handler answers, and what has to come of it. */
export interface Answered {
  readonly reply: Json;
  readonly expected: Expected;
}

const ANSWERS = {
  object: (asked) => outputs({ result: said(asked, 0) }, { payload: said(asked, 0) }),
  scalar: () => outputs({ result: "forty-two" }, { payload: "forty-two" }),
  nothing: () => ({ reply: { status: "ok", result: null }, expected: { kind: "as_received" } }),
  no_items: () => ({ reply: { status: "ok", result: [] }, expected: { kind: "as_received" } }),
  fan_out: (asked) => {
    const items = [0, 1, 2].map((index) => said(asked, index));
    return outputs({ result: items }, ...items.map((payload, index) => place(payload, index, 3)));
  },
  fan_out_of_one: (asked) => outputs({ result: [said(asked, 0)] }, place(said(asked, 0), 0, 1)),
  holes: (asked) =>
    outputs(
      { result: [said(asked, 0), null] },
      place(said(asked, 0), 0, 2),
      { ...place(null, 1, 2), to: "happy-end" },
    ),
  rewritten: (asked) => {
    const steps = [...asked.steps.slice(0, asked.current + 1), "store"];
    const payload = said(asked, 0);
    const headers = { rewritten: "yes" };
    return outputs(
      { messages: [{ payload, headers, route: { steps, current: asked.current } }] },
      { payload, headers, steps, to: "store" },
    );
  },
  delayed: (asked) => delayed(asked, 1_500),
  long_delayed: (asked) => delayed(asked, 7_500_000),
  joined: (asked) =>
    outputs(
      { joined: true, messages: [{ payload: said(asked, 0) }] },
      { payload: said(asked, 0), isJoined: true },
    ),
  absorbed: () => ({ reply: { status: "ok", absorbed: true }, expected: { kind: "absorbed" } }),
  wake: () => ({
    reply: { status: "ok", absorbed: true, wake: { delay_ms: 2_000 } },
    expected: { kind: "absorbed", wakeMs: 2_000 },
  }),
  to_late: (asked) => redirected(asked, "late"),
  to_ghost: (asked) => redirected(asked, "ghost"),
  to_terminal: (asked) => ({ ...redirected(asked, "happy-end"), expected: refused("route_error") }),
  tampered: (asked) => ({
    reply: { status: "ok", messages: [{ payload: 1, route: { steps: ["no", ...asked.steps] } }] },
    expected: refused("processing_error"),
  }),
  big: () => ({
    reply: { status: "ok", result: { text: "x".repeat(7_000) } },
    expected: refused("frame_too_large"),
  }),
  listed: (asked) => ({
    reply: [{
      payload: said(asked, 0),
      route: { steps: [...asked.steps], current: asked.current },
    }],
    expected: { kind: "outputs", outputs: [{ payload: said(asked, 0) }] },
  }),
  listed_error: () => ({
    reply: [{ error: "msg_parsing_error", details: { message: "no", type: "ValueError" } }],
    expected: fails("malformed_message"),
  }),
  sends: ({ token }) => ({
    reply: {
      status: "ok",
      sends: [
        { queue: "error-end", delay_ms: 3_000, body: `"sim":"${token}" once more` },
        { queue: "dead-letter-queue", delay_ms: 0, body: `"sim":"${token}" given up` },
      ],
    },
    expected: { kind: "sends", queues: ["error-end", "dead-letter-queue"] },
  }),
  one_send: ({ token }) => ({
    reply: { status: "ok", sends: [{ queue: "dead-letter-queue", body: `"sim":"${token}"` }] },
    expected: { kind: "sends", queues: ["dead-letter-queue"] },
  }),
  send_nowhere: () => ({
    reply: { status: "ok", sends: [{ queue: "nowhere", body: "no" }] },
    expected: { kind: "sends", queues: ["nowhere"] },
  }),
  fatal: () => failure("processing_error", "fatal"),
  recoverable: () => failure("retryable_error", "recoverable"),
  out_of_memory: () => failure("oom_error", "recoverable"),
  own_code: () => failure("no_more_paper", "fatal"),
  illegal: () => ({ reply: { status: "maybe" }, expected: fails("processing_error") }),
} as const satisfies Record<string, (asked: Asked) => Answered>;

/** What a handler can answer. */
export type AnswerName = keyof typeof ANSWERS;

/** Everything that a step's handler can answer. */
export const ANSWER_NAMES: readonly AnswerName[] = Object.keys(ANSWERS).filter(isAnswerName);

/**
 * Gives an answer.
 *
 * @param name which one
 * @param asked the call
 */
export function answer(name: AnswerName, asked: Asked): Answered {
  return ANSWERS[name](asked);
}

/**
 * What has to come of an answer, from a step or from a terminal actor.
 *
 * @param expected what the answer says
 * @param isTerminal who gave it
 */
export function expectedOf(expected: Expected, isTerminal: boolean): Expected {
  const isSend = expected.kind === "sends";
  if (!isTerminal && isSend) return fails("processing_error");
  if (!isTerminal && expected.kind === "refused") return fails(expected.code);
  return isTerminal && isSend && expected.queues.includes("nowhere")
    ? fails("route_error")
    : expected;
}

function isAnswerName(name: string): name is AnswerName {
  return name in ANSWERS;
}

function said({ token, call }: Asked, index: number): JsonObject {
  return { token, call, index };
}

function place(payload: Json, index: number, count: number): ExpectedOutput {
  return { payload, place: [index, count] };
}

function outputs(reply: JsonObject, ...outputs: ExpectedOutput[]): Answered {
  return { reply: { status: "ok", ...reply }, expected: { kind: "outputs", outputs } };
}

function delayed(asked: Asked, delayMs: number): Answered {
  const payload = said(asked, 0);
  return outputs({ messages: [{ payload, delay_ms: delayMs }] }, { payload, delayMs });
}

function redirected(asked: Asked, to: string): Answered {
  const steps = [...asked.steps.slice(0, asked.current + 1), to];
  const payload = said(asked, 0);
  return outputs({ messages: [{ payload, route: { steps } }] }, { payload, steps, to });
}

function refused(code: string): Expected {
  return { kind: "refused", code };
}

function fails(code: string): Expected {
  return { kind: "failure", code };
}

function failure(error: string, severity: string): Answered {
  const reply = { status: "error", error, message: "the handler says so", severity };
  return { reply, expected: fails(error) };
}
