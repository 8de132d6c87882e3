import { SCOPES } from "./access.ts";

/** Where a protected resource describes itself; behind it, the path of the resource. */
export const METADATA_PATH = "/.well-known/oauth-protected-resource";

/** What a `WWW-Authenticate` header tells a caller who is turned away. */
export interface Challenge {
  /** What is wrong with the token, if there was one. */
  readonly error?: "invalid_token" | "insufficient_scope";
  readonly description?: string;
  /** The scopes that the caller should ask for. */
  readonly scope?: string;
  /** Where the resource describes itself. */
  readonly metadataUrl?: string | undefined;
}

/**
 * Writes a `WWW-Authenticate` header.
 *
 * @param challenge what it tells; its texts are the gateway's own
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-5.1
 */
export function challengeHeader(challenge: Challenge): string {
  const { error, description, scope, metadataUrl } = challenge;
  const parts = [
    ["error", error],
    ["error_description", description],
    ["scope", scope],
    ["resource_metadata", metadataUrl],
  ].flatMap(([name, value]) => value === undefined ? [] : [`${name}="${value}"`]);
  return ["Bearer", parts.join(", ")].join(" ").trim();
}

/**
 * What a client needs to know to get a token for this gateway.
 *
 * @param resource the URL of what it wants to use: the gateway, or its `/mcp`
 * @param issuer who gives tokens
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-2
 */
export function resourceMetadata(resource: string, issuer: string): Record<string, unknown> {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: SCOPES,
    bearer_methods_supported: ["header"],
    resource_name: "Asya gateway",
  };
}

/**
 * Where a protected resource describes itself.
 *
 * @param resource its URL
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-3.1
 */
export function metadataUrlOf(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${METADATA_PATH}${pathname.replace(/\/$/, "")}`;
}
