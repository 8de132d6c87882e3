import { opsResponse, type OpsSources } from "@asya/program";
import { type Context, Hono } from "@hono/hono";
import { routePath } from "@hono/hono/route";
import type { Admission, Admit } from "../auth/access.ts";
import type { App, AppEnv, Guards } from "./app_env.ts";
import { checkHost, type HostRules } from "../auth/check_host.ts";
import type { Denial, Emit } from "../event.ts";
import { homePage } from "./home_page.ts";
import { addJobRoutes, type JobRoutesOptions } from "./job_routes.ts";
import { addReportRoutes, type ReportRoutesOptions } from "./report_routes.ts";
import { isStoreError } from "../stores/store_error.ts";
import { addToolRoutes, type ToolRoutesOptions } from "./tool_routes.ts";

/** What the HTTP interface stands on. */
export interface AppOptions extends JobRoutesOptions, ReportRoutesOptions, ToolRoutesOptions {
  readonly admit: Admit;
  /** Lets in those who report for actors. */
  readonly admitReports: Admit;
  readonly hostRules: HostRules;
  readonly ops: OpsSources;
  readonly emit: Emit;
}

/** Paths that answer those who operate the gateway, whoever they are. */
const OPS_PATHS = ["/health", "/livez", "/readyz", "/metrics"];

/**
 * The HTTP interface: paths, who may use them, and what goes wrong on the way.
 *
 * @param options what it stands on
 * @returns a function that answers requests
 */
export function createApp(options: AppOptions): (request: Request) => Promise<Response> {
  const { ops, emit, hostRules } = options;
  const app: App = new Hono();
  const deny = (c: Context<AppEnv>, reason: Denial, status: 401 | 403, error: string) => {
    emit({ kind: "denied", reason, path: c.req.path });
    if (status === 401) c.header("www-authenticate", "Bearer");
    return c.json({ error }, status);
  };
  app.use(async (c, next) => {
    const started = performance.now();
    await next();
    const route = routePath(c, -1);
    emit({ kind: "request", route, status: c.res.status, ms: performance.now() - started });
  });
  for (const path of OPS_PATHS) {
    app.all(path, async (c) => await opsResponse(c.req.raw, ops) ?? c.notFound());
  }
  app.use(async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    const wrong = checkHost({ host, origin: c.req.header("origin") ?? null }, hostRules);
    if (wrong === undefined) return await next();
    return deny(c, wrong, 403, `this ${wrong} is not allowed`);
  });
  const guards: Guards = {
    needs: (scope) => async (c, next) => {
      const admitted = options.admit(c.req.header("authorization") ?? null);
      if (!admitted.ok) return deny(c, admitted.reason, 401, tokenError(admitted));
      if (!admitted.caller.scopes.has(scope)) {
        return deny(c, "scope", 403, `this needs the scope ${scope}`);
      }
      c.set("caller", admitted.caller);
      await next();
    },
    forReports: async (c, next) => {
      const admitted = options.admitReports(c.req.header("authorization") ?? null);
      if (!admitted.ok) return deny(c, "internal_token", 401, tokenError(admitted));
      await next();
    },
  };
  app.get("/", (c) => c.html(homePage, 200, PAGE_HEADERS));
  addToolRoutes(app, guards, options);
  addReportRoutes(app, guards, options);
  addJobRoutes(app, guards, options);
  app.notFound((c) => c.json({ error: "there is nothing here; see /" }, 404));
  app.onError((error, c) => {
    emit({ kind: "request_failed", route: routePath(c, -1), error });
    return isStoreError(error)
      ? c.json({ error: "jobs cannot be stored or read at this moment; try again" }, 503)
      : c.json({ error: "something went wrong here; it was logged" }, 500);
  });
  return async (request) => await app.fetch(request);
}

const PAGE_HEADERS = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

function tokenError({ reason }: Admission & { ok: false }): string {
  return reason === "no_token" ? "a bearer token is needed" : "this token is not known here";
}
