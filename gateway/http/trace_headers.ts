import { createTraceContext, formatTraceparent, parseTraceparent } from "@asya/program";

/**
 * The headers that carry a caller's trace into a job's message; without a trace, a new one begins.
 *
 * @param traceparent the caller's `traceparent`, of any type, since it comes from outside
 */
export function traceHeaders(traceparent: unknown): { traceparent: string } {
  return { traceparent: formatTraceparent(createTraceContext(parseTraceparent(traceparent))) };
}
