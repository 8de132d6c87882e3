import {
  formatTraceparent,
  isSampled,
  parseTraceparent,
  type Span,
  type SpanAttributes,
  type TraceContext,
  type Tracing,
} from "@asya/program";
import { isJsonObject, parseJson, SENT_HEADER, TRIED_HEADER } from "@asya/protocol";
import { messagingAttributes, type MessagingSystem, type Outgoing } from "@asya/transport";
import { type CallEnd, type Decision, messagesOf } from "./decision.ts";
import type { CallRequest } from "./host.ts";
import type { Policy } from "./policy.ts";
import type { Published } from "./publish.ts";
import { type Received, traceparentOf, type Work } from "./work.ts";

/** No queue keeps a message longer that anybody would follow. */
const LONGEST_WAIT_MS = 30 * 24 * 3_600_000;

/** What traces of work are made with. */
export interface WorkTracerParts {
  readonly tracing: Tracing;
  readonly policy: Policy;
  /** What carries the messages. */
  readonly system: MessagingSystem;
  /** Tells the time, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** Begins the trace of the work on each message; nothing where the message's own is not recorded. */
export class WorkTracer {
  readonly #parts: WorkTracerParts;

  /** @param parts who makes spans, and what all of them say */
  constructor(parts: WorkTracerParts) {
    this.#parts = parts;
  }

  /**
   * Begins the trace of the work on a message, with the wait in its queue, as far as that is known.
   * A message without any trace is the root of one.
   *
   * @param received what the queue delivered
   * @param work what it is, where it is a message
   * @param arrivedMs when it came, in milliseconds since the epoch
   */
  begin(received: Received, work: Work | undefined, arrivedMs: number): WorkTrace | undefined {
    const parent = parseTraceparent(work ? traceparentOf(work) : received.headers.traceparent);
    if (parent && !isSampled(parent)) return undefined;
    const { tracing, policy, system } = this.#parts;
    const { queue } = policy;
    const about = { ...messageAttributes(received), ...workAttributes(received, work, policy) };
    const sentMs = sentMsOf(received, arrivedMs);
    const start = (
      operation: "receive" | "process",
      above: TraceContext | undefined,
      startMs: number,
    ) =>
      tracing.start(`${operation} ${queue}`, {
        // Who draws a map of services by pairs of a producer and a consumer counts each message once.
        kind: operation === "process" ? "consumer" : "client",
        parent: above,
        startMs,
        links: operation === "process" ? triesBefore(received, work) : [],
        attributes: { ...messagingAttributes(system, operation, queue), ...about },
      });
    const wait = sentMs === undefined ? undefined : start("receive", parent, sentMs);
    wait?.end(arrivedMs);
    const span = start("process", parent ?? wait?.context, arrivedMs);
    return new WorkTrace(span, this.#parts, about);
  }
}

/** The call of the handler, as a part of the work. */
export interface CallTrace {
  /** The same request, which now tells whoever runs the handler where the call stands. */
  carry(request: CallRequest): CallRequest;
  /** Ends it; the code is that of the failure, where it failed. */
  end(how: CallEnd["kind"], errorCode: string | undefined): void;
}

/** What is sent, as a part of the work: every message now says which send it comes from. */
export interface SendTrace {
  readonly messages: readonly Outgoing[];
  /** Ends it with what became of them. */
  end(published: Published): void;
}

/** The trace of the work on one message, from its arrival to its end. */
export class WorkTrace {
  /** The place of the work in its trace. */
  readonly traceparent: string;
  readonly #span: Span;
  readonly #parts: WorkTracerParts;
  readonly #about: SpanAttributes;

  /**
   * @param span the span of the work, begun
   * @param parts who makes its parts
   * @param about what all of them say about the message
   */
  constructor(span: Span, parts: WorkTracerParts, about: SpanAttributes) {
    this.traceparent = formatTraceparent(span.context);
    this.#span = span;
    this.#parts = parts;
    this.#about = about;
  }

  /** The same work, whose outputs will say that they come from here. */
  carry<W extends Work>(work: W): W {
    return { ...work, traceparent: this.traceparent };
  }

  /** Begins the call of the handler. */
  call(): CallTrace {
    const { tracing, policy: { queue } } = this.#parts;
    const span = tracing.start(`call ${queue}`, {
      kind: "client",
      parent: this.#span.context,
      attributes: this.#about,
    });
    return {
      carry: (request) => ({ ...request, traceparent: formatTraceparent(span.context) }),
      end: (how, errorCode) => {
        span.set({ "asya.call.end": how });
        if (errorCode !== undefined) span.fail(errorCode);
        span.end();
      },
    };
  }

  /**
   * Begins the send of everything that a decision wants published.
   *
   * @param decision any decision
   */
  send(decision: Decision): SendTrace {
    const isRecorded = isSampled(this.#span.context);
    const tried = isRecorded && isFailedTry(decision) && { [TRIED_HEADER]: this.traceparent };
    const sent = messagesOf(decision).map((message) => {
      const span = this.#begin(message);
      const traceparent = formatTraceparent(span.context);
      const sentAt = isRecorded && { [SENT_HEADER]: String(this.#parts.now()) };
      const ours = { traceparent, ...sentAt, ...tried };
      return { span, message: { ...message, headers: { ...message.headers, ...ours } } };
    });
    return {
      messages: sent.map(({ message }) => message),
      end: (published) => {
        for (const { span, message: { queue } } of sent) {
          if (published.kind === "abandoned") span.fail("abandoned");
          if (published.kind === "unroutable" && published.queue === queue) span.fail("unroutable");
          span.end();
        }
      },
    };
  }

  /**
   * Ends the work.
   *
   * @param decision what became of the message; nothing where the process ends first
   */
  end(decision: Decision | undefined): void {
    this.#span.set({ "asya.outcome": decision?.kind ?? "abandoned" });
    if (decision && "why" in decision) this.#span.set({ "asya.cause": decision.why });
    if (decision && "failure" in decision && decision.failure) {
      this.#span.fail(decision.failure.code, decision.failure.message);
    } else if (decision && isFailedTry(decision)) this.#span.fail("runtime_died");
    this.#span.end();
  }

  #begin({ queue, messageId, body, delayMs }: Outgoing): Span {
    const { tracing, system } = this.#parts;
    return tracing.start(`send ${queue}`, {
      kind: "producer",
      parent: this.#span.context,
      attributes: {
        ...messagingAttributes(system, "send", queue),
        ...this.#about,
        "messaging.message.id": messageId,
        "messaging.message.body.size": body.length,
        ...(delayMs !== undefined && { "asya.delay_ms": delayMs }),
      },
    });
  }
}

/** Whether a step's work on a message was a try that failed, and may be followed by another one. */
function isFailedTry(decision: Decision): boolean {
  return decision.kind === "fail" || (decision.kind === "retry" && decision.why === "runtime_died");
}

/** The try before, which a terminal actor hands on: it is not its own. */
function triesBefore({ headers }: Received, work: Work | undefined): TraceContext[] {
  const before = work?.kind === "step" ? parseTraceparent(headers[TRIED_HEADER]) : undefined;
  return before ? [before] : [];
}

/**
 * When a message was sent. A broker may only know whole seconds; a header of ours may be of an
 * earlier time in a queue. Both come from whoever sent it: a moment that cannot be is not believed.
 */
function sentMsOf({ headers, timestamp }: Received, arrivedMs: number): number | undefined {
  const said = headers[SENT_HEADER];
  const saidMs = said === undefined || said.trim() === "" ? NaN : Number(said);
  const known = [saidMs, timestamp?.getTime() ?? NaN]
    .filter((ms) => Number.isFinite(ms) && arrivedMs - ms <= LONGEST_WAIT_MS);
  return known.length === 0 ? undefined : Math.min(Math.max(...known), arrivedMs);
}

function messageAttributes({ messageId, body }: Received): SpanAttributes {
  return {
    ...(messageId !== undefined && { "messaging.message.id": messageId }),
    "messaging.message.body.size": body.length,
  };
}

function workAttributes(
  received: Received,
  work: Work | undefined,
  { actor }: Policy,
): SpanAttributes {
  if (!work) return { "asya.actor": actor };
  const attempt = work.counts.attempt;
  if (work.kind === "terminal") {
    const jobId = jobOf(received);
    return {
      ...(jobId !== undefined && { "messaging.message.conversation_id": jobId }),
      "asya.actor": actor,
      "asya.attempt": attempt,
    };
  }
  const { message: { jobId, route }, bookkeeping: { branch } } = work;
  return {
    "messaging.message.conversation_id": jobId,
    "asya.actor": actor,
    "asya.attempt": attempt,
    "asya.step.index": route.current,
    ...(branch !== undefined && { "asya.branch": branch }),
  };
}

/** The job of a message, or of the envelope around one that failed. */
function jobOf({ body }: Received): string | undefined {
  const json = parseJson(body);
  const { job_id: jobId } = json.ok && isJsonObject(json.value) ? json.value : {};
  return typeof jobId === "string" && jobId !== "" ? jobId : undefined;
}
