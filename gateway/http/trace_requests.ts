import { isSampled, type Tracing } from "@asya/program";
import { routePath } from "@hono/hono/route";
import type { Guard } from "./app_env.ts";

/** Methods that a span may be named after; others could be any number of names. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Gives the spans that the platform makes of requests the names of their routes, and hands them on.
 *
 * @param tracing the platform's
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
 */
export function traceRequests(tracing: Tracing): Guard {
  return async (c, next) => {
    const span = tracing.active();
    if (!span) return await next();
    c.set("span", span);
    await next();
    if (!isSampled(span.context)) return;
    const { method } = c.req;
    const route = routeTemplate(routePath(c, -1));
    span.rename([METHODS.has(method) ? method : "HTTP", ...route ? [route] : []].join(" "));
    if (route) span.set({ "http.route": route });
  };
}

/** A route's pattern as the API's description has it; none for paths that nobody serves. */
function routeTemplate(pattern: string): string | undefined {
  return pattern.includes("*") ? undefined : pattern.replace(/:([a-z]+)/g, "{$1}");
}
