/**
 * Trace contexts as W3C has them: read from a `traceparent`, and written again.
 *
 * @module
 */

/** Where a piece of work stands in a distributed trace, as carried in a `traceparent` header. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero; the same for every span of a trace. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero; the caller's span. */
  readonly spanId: string;
  /** 0 to 255; bit 0 says that the trace is recorded. */
  readonly flags: number;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a `traceparent` header by the rules of https://www.w3.org/TR/trace-context/.
 *
 * @param value The header's value, of any type, since it comes from outside.
 * @returns The context, or `undefined` when the value is not one; a trace then starts anew.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTraceparent } from "@asya/program";
 *
 * const context = parseTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
 * assert.equal(context?.spanId, "b7ad6b7169203331");
 * assert.equal(parseTraceparent("nonsense"), undefined);
 * ```
 */
export function parseTraceparent(value: unknown): TraceContext | undefined {
  if (typeof value !== "string") return undefined;
  const match = pattern.exec(value.trim());
  if (match === null) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", more] = match;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

/**
 * Writes a context as the value of a `traceparent` header, version 00.
 *
 * @param context The context to pass on.
 * @returns 55 characters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatTraceparent } from "@asya/program";
 *
 * const text = formatTraceparent({ traceId: "a".repeat(32), spanId: "b".repeat(16), flags: 1 });
 * assert.equal(text, `00-${"a".repeat(32)}-${"b".repeat(16)}-01`);
 * ```
 */
export function formatTraceparent(context: TraceContext): string {
  const flags = context.flags.toString(16).padStart(2, "0");
  return `00-${context.traceId}-${context.spanId}-${flags}`;
}

/**
 * Creates the context of new work: a child of the given one, or the root of a new recorded trace.
 *
 * @param parent The caller's context, where there is one.
 * @returns A context with a random span id, and the parent's trace id and flags.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createTraceContext } from "@asya/program";
 *
 * const root = createTraceContext();
 * const child = createTraceContext(root);
 * assert.equal(child.traceId, root.traceId);
 * assert.notEqual(child.spanId, root.spanId);
 * ```
 */
export function createTraceContext(parent?: TraceContext): TraceContext {
  return {
    traceId: parent?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    flags: parent?.flags ?? 1,
  };
}

/**
 * Whether a trace is recorded, as its root was asked to be.
 *
 * @param context Where a piece of work stands.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createTraceContext, isSampled } from "@asya/program";
 *
 * assert.equal(isSampled(createTraceContext()), true);
 * assert.equal(isSampled({ ...createTraceContext(), flags: 0 }), false);
 * ```
 */
export function isSampled(context: TraceContext): boolean {
  return (context.flags & 1) === 1;
}

/**
 * What a log line says about the trace of its work, by the names that OpenTelemetry gives them.
 *
 * @param traceparent The value of a `traceparent` header, of any type.
 * @returns Nothing where it is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { traceFields } from "@asya/program";
 *
 * assert.deepEqual(traceFields("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), {
 *   trace_id: "0af7651916cd43dd8448eb211c80319c",
 *   span_id: "b7ad6b7169203331",
 * });
 * assert.deepEqual(traceFields(undefined), {});
 * ```
 */
export function traceFields(traceparent: unknown): { trace_id?: string; span_id?: string } {
  const context = parseTraceparent(traceparent);
  return context ? { trace_id: context.traceId, span_id: context.spanId } : {};
}

function isZero(hex: string): boolean {
  return /^0+$/.test(hex);
}

/** Random and, as the standard demands, never all zero. */
function randomHex(byteCount: number): string {
  const hex = crypto.getRandomValues(new Uint8Array(byteCount)).toHex();
  return isZero(hex) ? randomHex(byteCount) : hex;
}
