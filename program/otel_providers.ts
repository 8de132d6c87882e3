/** Where Deno, started with `OTEL_DENO=true`, puts what it provides, and the library finds it. */
const PROVIDERS = Symbol.for("opentelemetry.js.api.1");

/**
 * Whether Deno exports such a thing to OpenTelemetry: it may do one without the other
 * (`OTEL_DENO_TRACING`, `OTEL_DENO_METRICS`).
 *
 * @param what spans or numbers
 * @returns false where callers need not even load the library
 */
export function isExported(what: "trace" | "metrics"): boolean {
  const { [PROVIDERS]: providers } = globalThis as { [PROVIDERS]?: unknown };
  return typeof providers === "object" && providers !== null && what in providers;
}
