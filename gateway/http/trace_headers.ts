import { optional, type Schema, text } from "@asya/protocol";
import {
  createTraceContext,
  formatTraceparent,
  parseTraceparent,
  type TraceContext,
} from "@asya/program";
import type { Context } from "@hono/hono";
import type { AppEnv } from "./app_env.ts";

/** What is said of the header `traceparent`, which is never refused. */
export const traceparentSchema: Schema<string | undefined> = optional(
  text("W3C trace context, carried into the job; what is none begins a new trace", {
    minLength: 0,
  }),
);

/** A trace as a caller tells of it: of any type, since it comes from outside. */
export interface ToldTrace {
  readonly traceparent: unknown;
  /** Means something beside a `traceparent` only. */
  readonly tracestate: unknown;
}

/**
 * The headers that make a job's message part of a trace: the one that is recorded here, else the
 * caller's as it is, else a new one that nobody records, so that log lines can be joined by it.
 *
 * @param told the caller's trace
 * @param here where the work stands that makes the message, where the platform traces it
 * @see https://www.w3.org/TR/trace-context/
 */
export function traceHeaders(
  told: ToldTrace,
  here?: TraceContext,
): { traceparent: string; tracestate?: string } {
  const caller = parseTraceparent(told.traceparent);
  const context = here ?? caller ?? { ...createTraceContext(), flags: 0 };
  const { tracestate } = told;
  const isState = typeof tracestate === "string" && /^[\x20-\x7e]{1,512}$/.test(tracestate);
  const isTold = caller?.traceId === context.traceId;
  return {
    traceparent: formatTraceparent(context),
    ...(isTold && isState && { tracestate }),
  };
}

/** The same for what a request to a route makes. */
export function traceHeadersOf(c: Context<AppEnv>): { traceparent: string; tracestate?: string } {
  const told = {
    traceparent: c.req.header("traceparent"),
    tracestate: c.req.header("tracestate"),
  };
  return traceHeaders(told, c.var.span?.context);
}

/** The `traceparent` of a request, for log lines: its span's, or what its sender says. */
export function traceparentOf(c: Context<AppEnv>): string | undefined {
  const { span } = c.var;
  return span ? formatTraceparent(span.context) : c.req.header("traceparent");
}
