import type { Json } from "@asya/protocol";
import { type Attributes, NotOtlp, ProtoObject } from "./proto_object.ts";

/** Whose it is: the resource and the instrumentation scope. */
export interface Origin {
  /** Attributes of the program, such as `service.name`. */
  readonly resource: Attributes;
  /** Who made it, such as `deno`. */
  readonly scope: string;
}

/** What a span is of. */
export type SeenKind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

/** A span that arrived. */
export interface SeenSpan extends Origin {
  readonly traceId: string;
  readonly spanId: string;
  /** Its parent's span; a root has none. */
  readonly parentId?: string;
  readonly name: string;
  readonly kind: SeenKind;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  /** The spans that it follows from. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: "unset" | "ok" | "error";
  readonly statusMessage: string;
}

/** A log record that arrived. */
export interface SeenLog extends Origin {
  /** The trace and the span that it belongs to; none where it belongs to none. */
  readonly traceId?: string;
  readonly spanId?: string;
  readonly body: string;
  readonly severity: string;
  readonly attributes: Attributes;
}

/** One series of a metric. */
export interface SeenPoint {
  readonly attributes: Attributes;
  /** Of a counter or a gauge. */
  readonly value?: number;
  /** Of a histogram. */
  readonly count?: number;
  readonly sum?: number;
  readonly bounds?: readonly number[];
  readonly bucketCounts?: readonly number[];
}

/** A metric that arrived, with every series of it. */
export interface SeenMetric extends Origin {
  readonly name: string;
  readonly unit: string;
  readonly kind: "sum" | "gauge" | "histogram";
  readonly points: readonly SeenPoint[];
}

const SPAN_KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const STATUSES = ["unset", "ok", "error"] as const;

/**
 * The spans of a request to export some.
 *
 * @param body the parsed body
 * @throws NotOtlp when it is not a request as OpenTelemetry defines it
 * @see https://github.com/open-telemetry/opentelemetry-proto
 */
export function readSpans(body: Json): SeenSpan[] {
  return readAll(body, "resourceSpans", "scopeSpans", "spans", (span, origin) => {
    const startMs = span.timeMs("startTimeUnixNano");
    const endMs = span.timeMs("endTimeUnixNano");
    const name = span.text("name");
    if (name === "") throw new NotOtlp("a span has no name");
    if (endMs < startMs) throw new NotOtlp(`the span ${name} ended before it began`);
    const parentId = span.optionalId("parentSpanId", 16);
    const status = span.object("status");
    return {
      ...origin,
      traceId: span.id("traceId", 32),
      spanId: span.id("spanId", 16),
      ...(parentId && { parentId }),
      name,
      kind: span.choice("kind", SPAN_KINDS),
      startMs,
      endMs,
      attributes: span.attributes(),
      links: span.objects("links").map((link) => ({
        traceId: link.id("traceId", 32),
        spanId: link.id("spanId", 16),
      })),
      status: status.choice("code", STATUSES),
      statusMessage: status.text("message"),
    };
  });
}

/**
 * The log records of a request to export some.
 *
 * @param body the parsed body
 * @throws NotOtlp when it is not a request as OpenTelemetry defines it
 */
export function readLogs(body: Json): SeenLog[] {
  return readAll(body, "resourceLogs", "scopeLogs", "logRecords", (log, origin) => {
    const traceId = log.optionalId("traceId", 32);
    const spanId = log.optionalId("spanId", 16);
    return {
      ...origin,
      ...(traceId && { traceId }),
      ...(spanId && { spanId }),
      body: String(log.object("body").value()),
      severity: log.text("severityText"),
      attributes: log.attributes(),
    };
  });
}

/**
 * The metrics of a request to export some.
 *
 * @param body the parsed body
 * @throws NotOtlp when it is not a request as OpenTelemetry defines it, or has a kind of metric that
 * is not known here
 */
export function readMetrics(body: Json): SeenMetric[] {
  return readAll(body, "resourceMetrics", "scopeMetrics", "metrics", (metric, origin) => {
    const name = metric.text("name");
    const kind = (["sum", "gauge", "histogram"] as const).find((one) => metric.has(one));
    if (name === "" || !kind) throw new NotOtlp(`the metric "${name}" has no name, or no series`);
    const points = metric.object(kind).objects("dataPoints");
    return {
      ...origin,
      name,
      unit: metric.text("unit"),
      kind,
      points: points.map(kind === "histogram" ? readHistogram : readNumber),
    };
  });
}

function readHistogram(point: ProtoObject): SeenPoint {
  const bounds = point.numbers("explicitBounds");
  const bucketCounts = point.integers("bucketCounts");
  if (bucketCounts.length !== bounds.length + 1) {
    throw new NotOtlp(`${bounds.length} bounds make no ${bucketCounts.length} buckets`);
  }
  const count = Number(point.integer("count"));
  return { attributes: point.attributes(), count, sum: point.number("sum"), bounds, bucketCounts };
}

function readNumber(point: ProtoObject): SeenPoint {
  const value = point.has("asInt") ? Number(point.integer("asInt")) : point.number("asDouble");
  return { attributes: point.attributes(), value };
}

/** Reads whatever there is, below each resource and each scope. */
function readAll<T>(
  body: Json,
  ofResource: string,
  ofScope: string,
  items: string,
  read: (item: ProtoObject, origin: Origin) => T,
): T[] {
  const whole = new ProtoObject(body, "the body");
  if (!whole.has(ofResource)) throw new NotOtlp(`the body has no ${ofResource}`);
  return whole.objects(ofResource).flatMap((group) => {
    const resource = group.object("resource").attributes();
    return group.objects(ofScope).flatMap((scoped) => {
      const origin = { resource, scope: scoped.object("scope").text("name") };
      return scoped.objects(items).map((item) => read(item, origin));
    });
  });
}
