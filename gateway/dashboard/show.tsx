import { getCookie } from "@hono/hono/cookie";
import type { Context } from "@hono/hono";
import type { AppEnv } from "../http/app_env.ts";
import { pageHeaders } from "../http/answer_headers.ts";
import { placeToGo } from "./came_from.ts";
import { type Page, PageFrame } from "./page.tsx";
import { parseTheme, THEME_COOKIE } from "./theme.ts";

/** What a page is answered with. */
export type PageStatus = 200 | 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 503;

/** Answers with a page. */
export type Show = (c: Context<AppEnv>, page: Page, status?: PageStatus) => Response;

/**
 * Creates what answers with pages.
 *
 * @param version the gateway's version, which every page tells
 * @param now the time, which pages compare moments with
 */
export function createShow(version: string, now: () => Date): Show {
  return (c, page, status = 200) => {
    const viewer = {
      caller: c.var.caller,
      theme: parseTheme(getCookie(c, THEME_COOKIE)),
      here: placeOf(c),
    };
    const frame = <PageFrame {...page} viewer={viewer} version={version} servedAt={now()} />;
    const html = `<!doctype html>${frame}`;
    const headers = { "content-type": "text/html; charset=utf-8", ...pageHeaders() };
    return c.body(html, status, headers);
  };
}

/** Where somebody is who made a request: the answer to a form has no address of its own. */
export function placeOf(c: Context<AppEnv>): string {
  return placeToGo(c.req.method === "GET" ? pathOf(c) : c.req.header("referer"));
}

/** The path and query that a request asks for. */
function pathOf(c: Context<AppEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}
