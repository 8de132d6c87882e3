import type { App } from "./app_env.ts";

/**
 * Adds, behind all other routes, what every path answers to methods that it does not take: to
 * OPTIONS which ones it takes, to others that they are not among them.
 *
 * @see RFC 9110, sections 9.3.7 and 15.5.6
 */
export function addMethodRoutes(app: App): void {
  for (const [path, methods] of methodsByPath(app)) {
    const allowed = [...methods].join(", ");
    app.all(path, (c) => {
      c.header("allow", allowed);
      if (c.req.method === "OPTIONS") return c.body(null, 204);
      return c.json({ error: `the method is ${c.req.method}; ${allowed} are allowed` }, 405);
    });
  }
}

/** The methods that each path takes; a path that takes any is not among them. */
function methodsByPath({ routes }: Pick<App, "routes">): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of routes.filter(({ method }) => method !== "ALL")) {
    const known = methods.get(path) ?? new Set();
    methods.set(path, known);
    known.add(method);
    if (method === "GET") known.add("HEAD");
    known.add("OPTIONS");
  }
  return methods;
}
