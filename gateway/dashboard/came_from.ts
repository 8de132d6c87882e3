import type { Context } from "@hono/hono";
import type { AppEnv } from "../http/app_env.ts";

/**
 * Whether a request that changes something comes from a page of this gateway: a cookie comes along
 * with whatever a browser sends here, whoever made it send that. Browsers say the page's origin with
 * every such request, and cannot be made to say another one.
 *
 * @param c the request
 * @param baseUrl the gateway's URL as callers know it
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function comesFromHere(c: Context<AppEnv>, baseUrl: string): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return false;
  const origin = URL.parse(c.req.header("origin") ?? "");
  if (origin === null) return false;
  // Where a proxy ends TLS, the scheme of the request is not that of the page.
  const host = c.req.header("host") ?? new URL(c.req.url).host;
  const base = new URL(baseUrl);
  // What is known to be reached over TLS has no pages without it: whoever is in between has.
  if (origin.host === base.host && base.protocol === "https:") return origin.origin === base.origin;
  return origin.origin === base.origin || origin.host === host;
}

/** What pages are asked for besides their path; whatever else a URL says is not kept. */
const QUERY = ["status", "tool", "q", "job", "step", "error", "cursor"];

/**
 * A path of the dashboard, of whatever somebody names as the place to go back to; the first page
 * where it is none. Of its query only what pages know is kept: it is written into a page, and what
 * else is in it, a token perhaps, should be written nowhere.
 *
 * @param wanted a path with its query, or a URL
 */
export function placeToGo(wanted: string | null | undefined): string {
  // Only the path is taken of it: whatever host it names, this one is where it leads.
  const url = URL.parse(wanted ?? "", "http://gateway");
  const path = url?.pathname ?? "";
  const isOurs = path === "/" || /^\/dashboard\/(?!sign-|theme|assets)/.test(path);
  if (!url || !isOurs) return "/";
  const known = [...url.searchParams].filter(([name]) => QUERY.includes(name));
  return known.length === 0 ? path : `${path}?${new URLSearchParams(known)}`;
}
