/** Where the traces of a mesh go. */
export interface Collector {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How spans are written down. */
  readonly contentType: "application/x-protobuf" | "application/json";
}

/** Where Deno sends what it is told no other place for. */
const DEFAULT_ENDPOINT = "http://localhost:4318";

/**
 * Where a program sends its traces over HTTP.
 *
 * @param env its environment
 * @returns nothing where it sends none, or not over HTTP
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { collectorOf } from "./collector.ts";
 * const env = { OTEL_DENO: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
 * assert.equal(collectorOf(env)?.url, "http://127.0.0.1:4318/v1/traces");
 * assert.equal(collectorOf({}), undefined);
 * ```
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
    contentType: protocol === "http/json" ? "application/json" : "application/x-protobuf",
  };
}

/**
 * A collector's address for a screen: tokens stand before its host and behind its path, and are left
 * out.
 *
 * @param collector where it is
 */
export function showCollector({ url }: Pick<Collector, "url">): string {
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
