import { type Finding, finding, ok } from "./finding.ts";

/** Where the traces of a mesh go. */
export interface Collector {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a collector answered, or why nobody did. */
export type CollectorAnswer = { readonly status: number } | { readonly reason: string };

const CHECK = "traces";

/** Where Deno sends what it is told no other place for. */
const DEFAULT_ENDPOINT = "http://localhost:4318";

/**
 * Where a program sends its traces over HTTP.
 *
 * @param env its environment
 * @returns nothing where it sends none, or not over HTTP
 */
export function collectorOf(env: Readonly<Record<string, string>>): Collector | undefined {
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (env.OTEL_DENO !== "true" || env.OTEL_DENO_TRACING === "false" || protocol === "grpc") {
    return undefined;
  }
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT ?? DEFAULT_ENDPOINT;
  const pairs = env.OTEL_EXPORTER_OTLP_HEADERS?.split(",").filter((pair) => pair.includes("="));
  return {
    url: env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? `${base.replace(/\/$/, "")}/v1/traces`,
    headers: Object.fromEntries(
      (pairs ?? []).map((pair) => {
        const at = pair.indexOf("=");
        return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())];
      }),
    ),
  };
}

/**
 * Judges the place that traces go to.
 *
 * @param collector where it is
 * @param answer what it said to no spans at all
 */
export function judgeCollector({ url }: Collector, answer: CollectorAnswer): Finding[] {
  const shown = shownAddress(url);
  if ("status" in answer && answer.status < 300) return [ok(CHECK, `${shown} takes them`)];
  const what = "status" in answer
    ? `${shown} answers ${answer.status} to OpenTelemetry's OTLP`
    : `nobody answers at ${shown}: ${answer.reason}`;
  return [finding(
    CHECK,
    "warning",
    what,
    "traces, metrics and log lines of the mesh are lost; all else works",
    "start a collector there, or correct OTEL_EXPORTER_OTLP_ENDPOINT, or unset it",
  )];
}

/** Tokens stand before an address's host and behind its path: neither is for a screen. */
function shownAddress(url: string): string {
  if (!URL.canParse(url)) return "an address that is none";
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** A header's value as exporters read it: percent-encoded, or as it stands where it is not. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
