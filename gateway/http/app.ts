import { showJson } from "@asya/protocol";
import { opsResponse, type OpsSources, type Tracing } from "@asya/program";
import { Hono } from "@hono/hono";
import { routePath } from "@hono/hono/route";
import { addAnswerHeaders } from "./answer_headers.ts";
import type { App, Guards } from "./app_env.ts";
import type { Emit } from "../event.ts";
import { addDeadLetterRoutes, type DeadLetterRoutesOptions } from "./dead_letter_routes.ts";
import { createGuards, type GuardOptions } from "./guards.ts";
import { addJobRoutes, type JobRoutesOptions } from "./job_routes.ts";
import { measureHead } from "./measure_head.ts";
import { addMetadataRoutes } from "./metadata_routes.ts";
import { addMethodRoutes } from "./method_routes.ts";
import { addOpenApiRoutes, type OpenApiRoutesOptions } from "./openapi_routes.ts";
import { addOverviewRoutes, type OverviewRoutesOptions } from "./overview_routes.ts";
import { addReportRoutes, type ReportRoutesOptions } from "./report_routes.ts";
import { isStoreError } from "../stores/store_error.ts";
import { addToolRoutes, type ToolRoutesOptions } from "./tool_routes.ts";
import { traceparentOf } from "./trace_headers.ts";
import { traceRequests } from "./trace_requests.ts";

/** What the HTTP interface stands on. */
export interface AppOptions
  extends
    DeadLetterRoutesOptions,
    JobRoutesOptions,
    OpenApiRoutesOptions,
    OverviewRoutesOptions,
    ReportRoutesOptions,
    ToolRoutesOptions {
  readonly guards: GuardOptions;
  /** Adds the pages for people. */
  readonly addDashboard: (app: App, guards: Guards) => void;
  /** Who gives tokens, where an authorization server does. */
  readonly issuer?: string | undefined;
  readonly ops: OpsSources;
  /** Where requests are traced. */
  readonly tracing?: Tracing | undefined;
  readonly emit: Emit;
}

/** Paths that answer those who operate the gateway, whoever they are. */
const OPS_PATHS = ["/health", "/livez", "/readyz", "/metrics"];

/**
 * The HTTP interface: paths, who may use them, and what goes wrong on the way.
 *
 * @param options what it stands on
 * @returns the app, which answers requests
 */
export function createApp(options: AppOptions): App {
  const { ops, emit } = options;
  const app: App = new Hono();
  app.use(async (c, next) => {
    const started = performance.now();
    await next();
    addAnswerHeaders(c.res);
    const route = routePath(c, -1);
    emit({
      kind: "request",
      route,
      status: c.res.status,
      ms: performance.now() - started,
      traceparent: traceparentOf(c),
    });
  });
  if (options.tracing) app.use(traceRequests(options.tracing));
  app.use(measureHead);
  const guards = createGuards(options.guards);
  app.use("/metrics", guards.forHostsOfMachine);
  for (const path of OPS_PATHS) {
    // Of the request only the path means something, whatever host it names.
    const asked = new Request(`http://gateway${path}`);
    app.get(path, async (c) => await opsResponse(asked, ops) ?? c.notFound());
  }
  app.use(guards.forHosts);
  options.addDashboard(app, guards);
  addMetadataRoutes(app, options);
  addToolRoutes(app, guards, options);
  addReportRoutes(app, guards, options);
  addJobRoutes(app, guards, options);
  addDeadLetterRoutes(app, guards, options);
  addOverviewRoutes(app, guards, options);
  addOpenApiRoutes(app, options);
  addMethodRoutes(app);
  app.notFound((c) => {
    const path = showJson(c.req.path);
    return c.json(
      { error: `there is nothing at ${path}; a path of /openapi.json is allowed` },
      404,
    );
  });
  app.onError((error, c) => {
    const traceparent = traceparentOf(c);
    emit({ kind: "request_failed", route: routePath(c, -1), error, traceparent });
    return isStoreError(error)
      ? c.json({ error: "jobs cannot be stored or read at this moment; try again" }, 503)
      : c.json({ error: "something went wrong here; it was logged" }, 500);
  });
  return app;
}
