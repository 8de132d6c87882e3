import { writeBookkeeping } from "@asya/protocol/bookkeeping";
import type { Failure } from "@asya/protocol/failure";
import type { Json, JsonObject } from "@asya/protocol/json";
import type { Measure } from "@asya/protocol/measure";
import { type Message, parseMessage } from "@asya/protocol/message";
import type { Reply } from "@asya/protocol/reply";
import { CallContext } from "./call_context.ts";
import { Calls } from "./calls.ts";
import { handlerTraits } from "./define_handler.ts";
import { findTampering } from "./find_tampering.ts";
import type { Handler, HandlerLog } from "./handler.ts";
import { invoke } from "./invoke.ts";
import { MeasureBatch } from "./measures/measure_batch.ts";
import { errorTypeOf, type Outcome } from "./read_result.ts";
import { type Received, receiveMessage } from "./received.ts";

/** How a handler is run without a host. */
export interface RunOptions {
  /** Whether it sees job, route and headers, as with `ASYA_INCLUDE_METADATA`. */
  readonly includeMetadata?: boolean;
  /** What a call may take, in milliseconds: then its signal aborts. Five minutes, if not said. */
  readonly timeoutMs?: number;
  /** Cancels the call, as the end of its job does. */
  readonly signal?: AbortSignal;
}

/** How a handler is run with a payload of its author's. */
export interface PayloadOptions extends RunOptions {
  /** The job; `"job-1"`, if not said. */
  readonly jobId?: string;
  /** The route's steps; only the handler's own, called `"step"`, if not said. */
  readonly steps?: readonly string[];
  /** Which of the steps it is; the first, if not said. */
  readonly current?: number;
  /** What travels with the message. */
  readonly metadata?: JsonObject;
  /** The message's headers. */
  readonly headers?: JsonObject;
  /** 1 for the first try at this step, 2 for the first retry, … */
  readonly attempt?: number;
}

/** What came of running a handler: all that a mesh would see of it. */
export interface HandlerRun {
  /** The answer, as its sidecar would get it. */
  readonly reply: Reply;
  /** The payloads that go on, as the next step gets them; `null` is an empty branch. */
  readonly payloads: readonly Json[];
  /** The steps of each of them, where the handler gave it a route of its own. */
  readonly routes: readonly (readonly string[] | undefined)[];
  /** Why it failed, if it did; with the code that decides what becomes of the job. */
  readonly failure?: Failure;
  /** What it streamed. */
  readonly partials: readonly Json[];
  /** What it reported, from 0 to 1. */
  readonly progress: readonly { readonly fraction?: number; readonly message?: string }[];
  /** What it logged. */
  readonly logged: readonly LogLine[];
  /**
   * What it measured by `ctx.metrics`, and by streaming, in the order in which it began to: counts
   * of one name and labels are summed, and observed values listed.
   */
  readonly measured: readonly Measure[];
}

/** One line that a handler logged. */
export interface LogLine {
  /** How loudly. */
  readonly level: keyof HandlerLog;
  /** What it said. */
  readonly message: string;
  /** What it said it about. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const DEFAULT_TIMEOUT_MS = 300_000;

/** No timer of the platform waits longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Cap on a partial, as hosts have it where a setting says nothing. */
const MAX_PARTIAL_BYTES = 64 * 1024 * 1024;

/**
 * Runs a handler as its host does, without a socket or a process: for tests, and to look at one
 * call. Payloads and answers go through JSON, as they do between steps; what a handler throws is the
 * failure that its job would end with.
 *
 * @param handler the function that the module exports; for a method, `model.predict.bind(model)`
 * @param payload what the step gets; JSON that is no object arrives as `{ value: … }`
 * @param options the rest of the message, and the call's limits
 * @throws TypeError for a payload or a route that no message can have
 * @example
 * ```ts
 * import { runHandler } from "@asya/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * const run = await runHandler(async function* (msg, ctx) {
 *   ctx.progress(0.5, "counting");
 *   yield { word: "to" };
 *   return { words: String(msg.payload.text).split(" ").length };
 * }, { text: "to be" });
 *
 * assert.deepEqual(run.payloads, [{ words: 2 }]);
 * assert.deepEqual(run.partials, [{ word: "to" }]);
 * assert.deepEqual(run.progress, [{ fraction: 0.5, message: "counting" }]);
 * ```
 *
 * @example What it throws is a failure with a code
 * ```ts
 * import { RetryableError } from "@asya/runtime";
 * import { runHandler } from "@asya/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * const { failure } = await runHandler(() => {
 *   throw new RetryableError("busy", { retryAfterSeconds: 20 });
 * }, {});
 * assert.equal(failure?.code, "retryable_error");
 * ```
 */
export async function runHandler<In extends object = JsonObject>(
  handler: Handler<In>,
  payload: Json | In,
  options: PayloadOptions = {},
): Promise<HandlerRun> {
  const { jobId = "job-1", steps = ["step"], current = 0, metadata = {}, attempt } = options;
  const { headers = {} } = options;
  const route = { steps: [...steps], current, metadata };
  const message = readMessage(JSON.stringify({ job_id: jobId, route, headers, payload }));
  const retried = attempt === undefined
    ? message
    : { ...message, route: writeBookkeeping(message.route, { attempt }) };
  return await runMessage(handler, retried, options);
}

/**
 * Runs a handler with a whole message.
 *
 * @param handler the function that the module exports
 * @param message the message
 * @param options the call's limits
 */
export async function runMessage<In extends object>(
  handler: Handler<In>,
  message: Message,
  options: RunOptions,
): Promise<HandlerRun> {
  const { includeMetadata = false, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const partials: Json[] = [];
  const progress: { fraction?: number; message?: string }[] = [];
  const logged: LogLine[] = [];
  const measures = new MeasureBatch();
  const received: Received = receiveMessage(message, includeMetadata);
  const deadlineMs = Date.now() + timeoutMs;
  const ctx = new CallContext(received, deadlineMs, {
    progress: (fraction, message) =>
      progress.push({
        ...(fraction !== undefined && { fraction }),
        ...(message !== undefined && { message }),
      }),
    createLog: () => createLog(logged),
    measure: (measure) => measures.add(measure),
    elapsed: () => performance.now(),
  });
  const loaded = { call: handler as Handler, traits: handlerTraits(handler) };
  const run = () =>
    invoke(loaded, received.forHandler, ctx, {
      sendPartial: (text) => Promise.resolve(void partials.push(JSON.parse(text))),
      maxPartialBytes: MAX_PARTIAL_BYTES,
      detectOutOfMemory: true,
      cleansGpu: false,
    });
  const outcome = await makeCall(run, ctx, deadlineMs, signal);
  ctx.finish(errorTypeOf(outcome));
  const reply = toReply(outcome);
  const failure = findTampering(reply, message.route);
  const judged: Reply = failure ? { kind: "failure", failure } : reply;
  return {
    ...describeReply(judged),
    partials,
    progress,
    logged,
    measured: measures.take().measures,
  };
}

/** Makes one call as a host does: told to stop when its time is over, and not waited for long. */
async function makeCall(
  run: () => Outcome | Promise<Outcome>,
  ctx: CallContext,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const calls = new Calls({
    concurrency: 1,
    slowAfterMs: 0,
    ledger: { write: () => {} },
    clock: {
      now: Date.now,
      at: (timeMs, wake) => {
        // Waits for the moment at which the call needs attention.
        const timer = setTimeout(wake, Math.min(MAX_TIMER_MS, timeMs - Date.now()));
        timers.add(timer);
        return () => clearTimeout(timer);
      },
    },
    onEvent: () => {},
    onRecycle: () => {},
  });
  const cancel = () => {
    const reason = new DOMException("the call was cancelled", "AbortError");
    ctx.stop(reason);
    calls.stopSession(0, reason);
  };
  signal?.addEventListener("abort", cancel);
  if (signal?.aborted) cancel();
  try {
    return await new Promise<Outcome>((answer) => {
      const stop = (reason: Error) => ctx.stop(reason);
      calls.submit({ session: 0, number: 0, jobId: ctx.jobId, deadlineMs, run, stop, answer });
      if (signal?.aborted) cancel();
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

/**
 * Reads a message's text.
 *
 * @throws TypeError for what is no message, with the reason
 */
export function readMessage(text: string | Uint8Array): Message {
  const parsed = parseMessage(typeof text === "string" ? new TextEncoder().encode(text) : text);
  if (parsed.ok) return parsed.message;
  throw new TypeError(parsed.failure.message);
}

function createLog(lines: LogLine[]): HandlerLog {
  const logAt = (level: keyof HandlerLog): HandlerLog[typeof level] => (message, fields = {}) =>
    void lines.push({ level, message, fields });
  return {
    debug: logAt("debug"),
    info: logAt("info"),
    warn: logAt("warn"),
    error: logAt("error"),
  };
}

function toReply(outcome: Outcome): Reply {
  const output = (text: string) => {
    const payload: Json = JSON.parse(text);
    return payload === null ? null : { payload };
  };
  switch (outcome.kind) {
    case "reply":
      return outcome.reply;
    case "payload":
      return { kind: "output", output: { payload: JSON.parse(outcome.text) } };
    case "payloads":
      return { kind: "fan_out", outputs: outcome.texts.map(output) };
  }
}

function describeReply(
  reply: Reply,
): Pick<HandlerRun, "reply" | "payloads" | "routes" | "failure"> {
  switch (reply.kind) {
    case "output":
    case "joined":
      return { reply, payloads: [reply.output.payload], routes: [reply.output.steps] };
    case "fan_out":
      return {
        reply,
        payloads: reply.outputs.map((output) => output?.payload ?? null),
        routes: reply.outputs.map((output) => output?.steps),
      };
    case "failure":
      return { reply, payloads: [], routes: [], failure: reply.failure };
    case "empty":
    case "absorbed":
    case "sends":
      return { reply, payloads: [], routes: [] };
  }
}
