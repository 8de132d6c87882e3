import { METADATA_PATH, metadataUrlOf, resourceMetadata } from "../auth/challenge.ts";
import type { App } from "./app_env.ts";

/** What the routes about the gateway as a protected resource stand on. */
export interface MetadataRoutesOptions {
  /** The gateway's URL as callers know it. */
  readonly baseUrlOf: (request: Request) => string;
  /** Who gives tokens; where nobody does, there is nothing to tell. */
  readonly issuer?: string | undefined;
}

/**
 * Adds the routes by which clients learn where to get a token, open to all: one for the gateway,
 * one for its `/mcp`.
 */
export function addMetadataRoutes(app: App, options: MetadataRoutesOptions): void {
  const { baseUrlOf, issuer } = options;
  if (issuer === undefined) return;
  app.get(`${METADATA_PATH}/*`, (c) => {
    const base = baseUrlOf(c.req.raw);
    const resource = [base, `${base}/mcp`].find((url) =>
      new URL(metadataUrlOf(url)).pathname === c.req.path
    );
    return resource === undefined ? c.notFound() : c.json(resourceMetadata(resource, issuer));
  });
}
