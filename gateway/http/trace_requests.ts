import { isSampled, type SpanAttributes, type Tracing } from "@asya/program";
import { routePath } from "@hono/hono/route";
import type { Guard } from "./app_env.ts";

/** Methods that a span may be named after; others could be any number of names. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Gives the spans that the platform makes of requests the names of their routes, and hands them on.
 * Of addresses only paths are told: callers put tokens and words of people into the rest.
 *
 * @param tracing the platform's
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
 */
export function traceRequests(tracing: Tracing): Guard {
  return async (c, next) => {
    const span = tracing.active();
    if (!span) return await next();
    c.set("span", span);
    if (isSampled(span.context)) span.set(addressOf(c.req.url));
    await next();
    if (!isSampled(span.context)) return;
    const { method } = c.req;
    const isKnown = METHODS.has(method);
    const route = routeTemplate(routePath(c, -1));
    span.rename([isKnown ? method : "HTTP", ...route ? [route] : []].join(" "));
    span.set({
      ...(route && { "http.route": route }),
      ...(!isKnown && {
        "http.request.method": "_OTHER",
        "http.request.method_original": method,
      }),
    });
  };
}

/** What stands for a query that is not told, by OpenTelemetry's conventions. */
const REDACTED = "REDACTED";

/** In place of what the platform says: the address without its query, and without a password. */
function addressOf(url: string): SpanAttributes {
  const { origin, pathname, search } = new URL(url);
  const query = search === "" ? "" : REDACTED;
  return {
    "url.full": `${origin}${pathname}${query && `?${query}`}`,
    "url.path": pathname,
    ...(query && { "url.query": query }),
  };
}

/** A route's pattern as the API's description has it; none for paths that nobody serves. */
function routeTemplate(pattern: string): string | undefined {
  return pattern.includes("*") ? undefined : pattern.replace(/:([a-z]+)/g, "{$1}");
}
