/**
 * A handler's context for the tests of the examples: nobody listens, nothing ends it.
 *
 * @module
 */
import type { HandlerContext } from "@asya/runtime";
import { noMetrics } from "@asya/runtime/testing";

/**
 * Builds a context.
 *
 * @param overrides what a test wants to see or to say
 */
export function createHandlerContext(overrides: Partial<HandlerContext> = {}): HandlerContext {
  return {
    signal: new AbortController().signal,
    progress: () => {},
    log: console,
    metrics: noMetrics,
    jobId: "a-job",
    attempt: 1,
    ...overrides,
  };
}
