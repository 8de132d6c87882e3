import { markdownTable } from "@asya/program";
import { createFailure, FAILURE_CODES, type FailureCode } from "@asya/protocol";
import type { Operation } from "../../gateway/http/openapi/operation.ts";

/** What is to be said of a failure besides its defaults. */
interface FailureWords {
  /** Who notices it. */
  readonly noticedBy: string;
  /** When it happens. */
  readonly when: string;
}

const FAILURES: Readonly<Record<FailureCode, FailureWords>> = {
  oom_error: { noticedBy: "runtime", when: "the handler's heap was full" },
  cuda_oom_error: {
    noticedBy: "runtime",
    when: "the GPU was out of memory, in the words of any framework",
  },
  processing_error: {
    noticedBy: "runtime, sidecar",
    when: "the handler threw, answered what cannot be sent, or changed steps that are done",
  },
  retryable_error: { noticedBy: "runtime", when: "the handler threw a `RetryableError`" },
  validation_error: {
    noticedBy: "runtime, gateway",
    when: "an input or a result does not match its schema",
  },
  invalid_json: { noticedBy: "runtime", when: "the request is not JSON in UTF-8" },
  connection_error: {
    noticedBy: "sidecar, runtime",
    when: "the message ended its process `ASYA_MAX_DELIVERIES` times, or killed the sidecar",
  },
  timeout_error: {
    noticedBy: "sidecar, runtime",
    when: "a call took longer than `ASYA_RUNTIME_TIMEOUT`; " +
      "recoverable where `ASYA_RETRY_TIMEOUTS` is true",
  },
  deadline_exceeded: {
    noticedBy: "sidecar",
    when: "the job's time was over before the handler was called",
  },
  malformed_message: { noticedBy: "sidecar", when: "a queue's body is no message" },
  frame_too_large: {
    noticedBy: "sidecar, runtime",
    when: "a request, a reply or a message is over its cap of bytes",
  },
  route_error: {
    noticedBy: "sidecar",
    when: "the next queue is missing or not allowed, or the message has gone too many steps",
  },
};

/**
 * The table of failure codes: what each means, and what becomes of it by default.
 *
 * @returns Markdown
 */
export function failuresTable(): string {
  const rows = FAILURE_CODES.map((code) => {
    const { severity, retryAfterSeconds } = createFailure(code, "");
    const wait = retryAfterSeconds === undefined ? "" : `${retryAfterSeconds} s`;
    const { noticedBy, when } = FAILURES[code];
    return [`\`${code}\``, when, noticedBy, severity, wait];
  });
  return markdownTable(["code", "when", "noticed by", "severity", "waits at least"], rows);
}

/**
 * The table of what can be asked of a gateway, in the order of its description.
 *
 * @param operations every operation
 * @returns Markdown
 */
export function operationsTable(operations: readonly Operation[]): string {
  const rows = operations.map(({ method, path, summary, needs, answers, refusals }) => [
    `\`${method.toUpperCase()} ${path}\``,
    summary,
    needs === "nothing" ? "" : needs === "internal_token" ? "the internal token" : `\`${needs}\``,
    [...Object.keys(answers), ...Object.keys(refusals)].toSorted().join(", "),
  ]);
  return markdownTable(["request", "what it does", "who may", "answers"], rows);
}
