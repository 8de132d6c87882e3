import type { App } from "./app_env.ts";
import { isNamed } from "./entity_tag.ts";

/** What the route of the gateway's description stands on. */
export interface OpenApiRoutesOptions {
  /** The OpenAPI document, and what stands for it as an entity tag. */
  readonly describeApi: () => Promise<{ readonly text: string; readonly etag: string }>;
}

/** For how long a reader may keep the document without asking again, in seconds. */
const MAX_AGE_SECONDS = 300;

/** Adds the route by which the gateway describes itself; it is open to all, and holds no secret. */
export function addOpenApiRoutes(app: App, { describeApi }: OpenApiRoutesOptions): void {
  app.get("/openapi.json", async (c) => {
    const { text, etag } = await describeApi();
    c.header("etag", etag);
    c.header("cache-control", `public, max-age=${MAX_AGE_SECONDS}`);
    if (isNamed(etag, c.req.header("if-none-match"))) return c.body(null, 304);
    return c.body(text, 200, { "content-type": "application/json" });
  });
}
