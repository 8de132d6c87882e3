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
 *
 * @param traceparent the caller's `traceparent`, of any type, since it comes from outside
 */
export function traceHeaders(traceparent: unknown): { traceparent: string } {
  return { traceparent: formatTraceparent(createTraceContext(parseTraceparent(traceparent))) };
}
