import { optional, type Schema, text } from "@asya/protocol";
import { createTraceContext, formatTraceparent, parseTraceparent } from "@asya/program";

/** What is said of the header `traceparent`, which is never refused. */
export const traceparentSchema: Schema<string | undefined> = optional(
  text("W3C trace context, carried into the job; what is none begins a new trace", {
    minLength: 0,
  }),
);

/**
 * The headers that carry a caller's trace into a job's message; without a trace, a new one begins.
 * What comes from outside may be of any type.
 *
 * @param traceparent the caller's `traceparent`
 * @param tracestate the caller's `tracestate`, which means something beside a `traceparent` only
 * @see https://www.w3.org/TR/trace-context/
 */
export function traceHeaders(
  traceparent: unknown,
  tracestate?: unknown,
): { traceparent: string; tracestate?: string } {
  const parent = parseTraceparent(traceparent);
  const isState = typeof tracestate === "string" && /^[\x20-\x7e]{1,512}$/.test(tracestate);
  return {
    traceparent: formatTraceparent(createTraceContext(parent)),
    ...(parent && isState && { tracestate }),
  };
}
