/**
 * Failures as values: a code from a closed union, words for people, and what becomes of the work.
 *
 * @module
 */
import { MAX_DELAY_MS } from "./time.ts";

/** Every failure code this toolkit itself produces. */
export const FAILURE_CODES = [
  "oom_error",
  "cuda_oom_error",
  "processing_error",
  "retryable_error",
  "validation_error",
  "invalid_json",
  "connection_error",
  "timeout_error",
  "deadline_exceeded",
  "malformed_message",
  "frame_too_large",
  "route_error",
] as const;

/** A code from the closed set {@linkcode FAILURE_CODES}. */
export type FailureCode = (typeof FAILURE_CODES)[number];

/** Whether trying again can help. It, not the code, decides about a retry. */
export type Severity = "fatal" | "recoverable";

/** A failure as a value: what went wrong, and whether trying again can help. */
export interface Failure {
  /** A {@linkcode FailureCode}; a code another implementation made up is kept as it came. */
  readonly code: FailureCode | (string & Record<never, never>);
  /** One sentence for a person: what was got, what is allowed. */
  readonly message: string;
  /** Class name of the error that was thrown, where one was. */
  readonly type?: string;
  /** Whether trying again can help. */
  readonly severity: Severity;
  /** Seconds to wait, at least, before a retry; at most a year. */
  readonly retryAfterSeconds?: number;
  /** Stack trace or traceback, many lines, in the words of the handler's language. */
  readonly stack?: string;
}

/** What may be said about a failure beyond its code and message. */
export type FailureDetails = Partial<Omit<Failure, "code" | "message">>;

/** What to do about a failure. */
export type FailureOutcome = "retry" | "give_up";

/** Codes that are worth another try by default; a map, since foreign codes are looked up too. */
const RECOVERABLE = new Map<string, { retryAfterSeconds?: number }>([
  ["oom_error", { retryAfterSeconds: 30 }],
  ["cuda_oom_error", { retryAfterSeconds: 60 }],
  ["retryable_error", {}],
]);

/** Codes a thrown error may carry itself; anything else a handler throws is a `processing_error`. */
const THROWABLE = new Set<unknown>(["retryable_error", "validation_error", "processing_error"]);

/** Names that a class inherits when it says none: its own class name says more. */
const BUILT_IN_NAMES = new Set(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError]
    .map(({ name }) => name),
);

/** A device is named, and that its memory is used up (PyTorch, TensorFlow, JAX, ONNX, WebGPU). */
const GPU_MEMORY = new RegExp(
  String.raw`(^|[^a-z])(cuda|cublas|cudnn|hip(?=error)|(gpu|webgpu|rocm|hip|mps|metal)(?![a-z]))` +
    String
      .raw`.{0,80}(out[ _]?of[ _]?memory|alloc\w{0,40} ?failed|memoryallocation|failed to alloc)` +
    String.raw`|(out of memory|\boom\b).{0,200}\b(gpu|cuda)\b`,
  "i",
);

/** The words of V8, libc, C++ and Python for a heap that is used up; a negative length is a bug. */
const HOST_MEMORY = new RegExp(
  "array buffer allocation failed|invalid string length|invalid typed array length: [0-9]" +
    "|out of memory|reached heap limit|(cannot|could not|failed to) allocate memory" +
    "|unable to allocate [0-9.]{1,40} ?[kmgtp]?i?b|bad_alloc",
  "i",
);

/** Characters of a text that are searched for words of memory exhaustion, from either end. */
const SEARCHED_CHARS = 10_000;

/**
 * Builds a failure; severity and `retryAfterSeconds` default by its code.
 *
 * @param code one of {@linkcode FAILURE_CODES}, or a foreign code (fatal unless said otherwise)
 * @param message one sentence: what was got, what is allowed
 * @param details overrides of the defaults, and the thrown error's type and stack
 * @example
 * ```ts
 * import { createFailure } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(createFailure("oom_error", "heap exhausted"), {
 *   code: "oom_error", message: "heap exhausted", severity: "recoverable", retryAfterSeconds: 30,
 * });
 * ```
 */
export function createFailure(
  code: Failure["code"],
  message: string,
  details: FailureDetails = {},
): Failure {
  const recoverable = RECOVERABLE.get(code);
  const severity = details.severity ?? (recoverable ? "recoverable" : "fatal");
  const asked = details.retryAfterSeconds ??
    (severity === "recoverable" ? recoverable?.retryAfterSeconds : undefined);
  const retryAfterSeconds = asked && Math.min(asked, MAX_DELAY_MS / 1000);
  return {
    code,
    message,
    ...(details.type !== undefined && { type: details.type }),
    severity,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(details.stack !== undefined && { stack: details.stack }),
  };
}

/**
 * Turns whatever was thrown into a failure. Total: strings, `null` and cyclic objects included.
 *
 * An error that carries `code: "retryable_error" | "validation_error" | "processing_error"` keeps
 * it (and its `severity` and `retryAfterSeconds`); memory exhaustion is recognised by its text.
 *
 * @param thrown what a `catch` got
 * @param options `detectOutOfMemory: false` leaves memory errors a `processing_error`
 * @example
 * ```ts
 * import { toFailure } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(toFailure(new TypeError("no")).code, "processing_error");
 * assert.equal(toFailure(new TypeError("no")).type, "TypeError");
 * assert.equal(toFailure("plain text").message, "plain text");
 * ```
 */
export function toFailure(
  thrown: unknown,
  options: { detectOutOfMemory?: boolean } = {},
): Failure {
  const type = typeNameOf(thrown);
  const message = messageOf(thrown);
  const stack = stringField(thrown, "stack");
  const code = field(thrown, "code");
  if (THROWABLE.has(code)) {
    const severity = field(thrown, "severity");
    const retryAfter = field(thrown, "retryAfterSeconds");
    return createFailure(code as FailureCode, message, {
      type,
      stack,
      severity: severity === "fatal" || severity === "recoverable" ? severity : undefined,
      retryAfterSeconds: isDelay(retryAfter) ? retryAfter : undefined,
    });
  }
  const memory = options.detectOutOfMemory === false ? undefined : memoryCodeOf(type, message);
  return createFailure(memory ?? "processing_error", message, { type, stack });
}

/**
 * What to do about a failure: its severity decides, never its code.
 *
 * @param failure any failure
 * @example
 * ```ts
 * import { createFailure, outcomeOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(outcomeOf(createFailure("oom_error", "heap exhausted")), "retry");
 * assert.equal(outcomeOf(createFailure("route_error", "no such queue")), "give_up");
 * ```
 */
export function outcomeOf(failure: Failure): FailureOutcome {
  return failure.severity === "recoverable" ? "retry" : "give_up";
}

/**
 * Recognises memory exhaustion in an error's type and text, in any framework's words.
 *
 * @param type the error's class name, or `""`
 * @param text its message or traceback; of a very long one, the beginning and the end count
 * @returns the code, or `undefined` when it is something else
 * @example
 * ```ts
 * import { memoryCodeOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(memoryCodeOf("MemoryError", ""), "oom_error");
 * assert.equal(memoryCodeOf("RuntimeError", "CUDA out of memory. Tried to…"), "cuda_oom_error");
 * assert.equal(memoryCodeOf("TypeError", "no such field"), undefined);
 * ```
 */
export function memoryCodeOf(
  type: string,
  text: string,
): "oom_error" | "cuda_oom_error" | undefined {
  const words = endsOf(text);
  if (GPU_MEMORY.test(words) || /^(torch\.)?(cuda\.)?OutOfMemoryError$/.test(type)) {
    return "cuda_oom_error";
  }
  if (type.endsWith("MemoryError") || HOST_MEMORY.test(words)) return "oom_error";
  return undefined;
}

/** What went wrong stands first or last in a text; searching all of a vast one would take long. */
function endsOf(text: string): string {
  if (text.length <= 2 * SEARCHED_CHARS) return text;
  return `${text.slice(0, SEARCHED_CHARS)}\n${text.slice(-SEARCHED_CHARS)}`;
}

function typeNameOf(thrown: unknown): string {
  if (thrown === null) return "null";
  if (typeof thrown !== "object") return typeof thrown;
  const name = stringField(thrown, "name");
  if (name && !BUILT_IN_NAMES.has(name)) return name;
  const constructor = field(thrown, "constructor");
  const className = typeof constructor === "function" ? constructor.name : undefined;
  return (typeof className === "string" && className) || name || "Object";
}

function messageOf(thrown: unknown): string {
  const message = stringField(thrown, "message");
  if (message !== undefined) return message;
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    // A cycle or a throwing toJSON: the type name is all that can be said of it.
    return `a thrown ${typeNameOf(thrown)} that has no message`;
  }
}

function field(thrown: unknown, key: string): unknown {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  try {
    return (thrown as Record<string, unknown>)[key];
  } catch {
    // A getter that throws says nothing.
    return undefined;
  }
}

function stringField(thrown: unknown, key: string): string | undefined {
  const value = field(thrown, key);
  return typeof value === "string" ? value : undefined;
}

function isDelay(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
