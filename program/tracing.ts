/**
 * Spans of our own, for the OpenTelemetry that Deno brings; none where it is off.
 *
 * @module
 */
import type { Context, Link, Span as ApiSpan } from "@opentelemetry/api";
import { isExported } from "./otel_providers.ts";
import { boundAttributes, boundMoment, boundText, MAX_SPAN_NAME } from "./span_bounds.ts";
import { createTraceContext, type TraceContext } from "./trace.ts";

/** What a span is of, in OpenTelemetry's words. */
export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

/** What is said of a span, by the names of OpenTelemetry's semantic conventions. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | string[]>>;

/** What is known of a piece of work when it begins. */
export interface SpanOptions {
  /** What it is of; `internal` where nothing is said. */
  readonly kind?: SpanKind;
  /** Whose part it is: a context from elsewhere, or the span at work here; without one, a root. */
  readonly parent?: TraceContext | "active" | undefined;
  /** Other work that it follows from, such as earlier tries. */
  readonly links?: readonly TraceContext[];
  /** When it began, in milliseconds since the epoch, where that was earlier. */
  readonly startMs?: number;
  /** What is said of it. */
  readonly attributes?: SpanAttributes;
}

/** A piece of work in a trace. It is exported when it has ended, and only if its trace is recorded. */
export interface Span {
  /** Where it stands, to be passed on. */
  readonly context: TraceContext;
  /** Gives it another name. */
  rename(name: string): void;
  /** Says more of it. A name that it has already would stand there twice: Deno replaces nothing. */
  set(attributes: SpanAttributes): void;
  /** Says that it failed, by a code that comes from a closed list, and in words. */
  fail(code: string, message?: string): void;
  /** Says which other work it follows from, where that is only known now. */
  link(to: readonly TraceContext[]): void;
  /** Does work as its part: spans that begin in there with the parent `active` are its children. */
  run<T>(work: () => T): T;
  /** Ends it, now or at a time in milliseconds since the epoch. */
  end(endMs?: number): void;
}

/** Makes spans. */
export interface Tracing {
  /** Begins one. */
  start(name: string, options?: SpanOptions): Span;
  /** The span at work here, where there is one. */
  active(): Span | undefined;
  /** Does work as part of work elsewhere, without a span of its own. */
  inside<T>(parent: TraceContext, work: () => T): T;
  /**
   * Does work of which nothing is recorded, nor of its requests: as a part of a trace that is not.
   * (Deno's `fetch` has no other way to be told; its sampler must be one that asks the parent.)
   */
  quietly<T>(work: () => T): T;
}

/**
 * Opens the tracing that Deno does when it is started with `OTEL_DENO=true`; where and how much is
 * exported say OpenTelemetry's own `OTEL_` variables, which Deno reads and a program need not.
 *
 * @param scope who makes the spans, such as `asya-sidecar`
 * @returns nothing where tracing is off; callers then make no spans at all
 */
export async function openTracing(scope: string): Promise<Tracing | undefined> {
  if (!isExported("trace")) return undefined;
  const api = await import("@opentelemetry/api");
  const { context, SpanKind, SpanStatusCode, trace } = api;
  const tracer = trace.getTracer(scope);
  const kinds: Readonly<Record<SpanKind, number>> = {
    internal: SpanKind.INTERNAL,
    server: SpanKind.SERVER,
    client: SpanKind.CLIENT,
    producer: SpanKind.PRODUCER,
    consumer: SpanKind.CONSUMER,
  };
  const inside = (parent: SpanOptions["parent"]): Context => {
    if (parent === undefined) return api.ROOT_CONTEXT;
    if (parent === "active") return context.active();
    return trace.setSpanContext(api.ROOT_CONTEXT, remote(parent));
  };
  const wrap = (span: ApiSpan): Span => {
    const { traceId, spanId, traceFlags: flags } = span.spanContext();
    return {
      context: { traceId, spanId, flags },
      rename: (name) => void span.updateName(boundText(name, MAX_SPAN_NAME)),
      set: (attributes) => void span.setAttributes(boundAttributes(attributes)),
      fail: (code, message) => {
        span.setAttribute("error.type", boundText(code));
        const why = message && { message: boundText(message) };
        span.setStatus({ code: SpanStatusCode.ERROR, ...why });
      },
      link: (to) => void span.addLinks(to.map(linkTo)),
      run: (work) => context.with(trace.setSpan(context.active(), span), work),
      end: (endMs) => span.end(boundMoment(endMs)),
    };
  };
  return {
    start: (name, { kind = "internal", parent, links = [], startMs, attributes = {} } = {}) => {
      const startTime = boundMoment(startMs);
      const span = tracer.startSpan(boundText(name, MAX_SPAN_NAME), {
        kind: kinds[kind],
        links: links.map(linkTo),
        ...(startTime !== undefined && { startTime }),
        attributes: boundAttributes(attributes),
      }, inside(parent));
      return wrap(span);
    },
    active: () => {
      const span = trace.getActiveSpan();
      return span && wrap(span);
    },
    inside: (parent, work) => context.with(inside(parent), work),
    quietly: (work) => context.with(inside({ ...createTraceContext(), flags: 0 }), work),
  };
}

function linkTo(other: TraceContext): Link {
  return { context: remote(other) };
}

/** A context as OpenTelemetry has it, of work that is done elsewhere. */
function remote({ traceId, spanId, flags }: TraceContext): Link["context"] {
  return { traceId, spanId, traceFlags: flags, isRemote: true };
}
