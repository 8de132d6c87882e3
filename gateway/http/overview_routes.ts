import type { Overview } from "../overview/overview.ts";
import type { App, Guards } from "./app_env.ts";
import type { OverviewStreams } from "./overview_stream.ts";
import { sseResponse } from "./sse_response.ts";

/** What the routes about the whole mesh stand on. */
export interface OverviewRoutesOptions {
  readonly overview: Overview;
  readonly overviews: OverviewStreams;
}

/** After how many seconds a caller who has too many streams may have one less. */
const STREAM_RETRY_SECONDS = "5";

/** Adds the routes that show how the whole mesh gets on. */
export function addOverviewRoutes(
  app: App,
  guards: Guards,
  { overview, overviews }: OverviewRoutesOptions,
): void {
  const isAdmin = guards.needs("jobs:admin");

  app.get("/overview", isAdmin, async (c) => {
    c.header("content-type", "application/json");
    return c.body(await overview.text());
  });

  app.get("/overview/stream", isAdmin, (c) => {
    if (c.req.method === "HEAD") return sseResponse();
    const stream = overviews.open(c.var.caller);
    if (stream) return stream;
    c.header("retry-after", STREAM_RETRY_SECONDS);
    return c.json({ error: "as many streams are open as a caller may have; close some" }, 429);
  });
}
