import { setCookie } from "@hono/hono/cookie";
import { originName } from "../auth/check_host.ts";
import type { App, Guard, Guards } from "../http/app_env.ts";
import { isNamed } from "../http/entity_tag.ts";
import type { PageParts } from "./answer.ts";
import { ASSETS_PATH, findAsset } from "./assets.ts";
import { comesFromHere, placeToGo } from "./came_from.ts";
import type { Page } from "./page.tsx";
import { createPageDesk } from "./page_desk.ts";
import { problemPage } from "./problem_page.tsx";
import { readForm } from "./read_form.ts";
import { rows } from "./rows.ts";
import { SessionCookie } from "./session_cookie.ts";
import { createShow } from "./show.tsx";
import { addSignIn } from "./sign_in_routes.ts";
import { parseTheme, THEME_COOKIE } from "./theme.ts";

/** What the dashboard stands on. */
export interface DashboardOptions extends PageParts {
  readonly version: string;
  /** Whether callers have to be known at all. */
  readonly knowsCallers: boolean;
}

/** How long a browser remembers a theme, in seconds: a year. */
const THEME_SECONDS = 365 * 24 * 3_600;

/** A theme, and where to go back to. */
const MAX_THEME_BYTES = 8 * 1024;

/**
 * Adds the dashboard: pages for people, made by the gateway and whole without any script. The cookie
 * of whoever has signed in counts here and nowhere else, so that nothing else of the gateway can be
 * used with it.
 *
 * @param app the app
 * @param guards who may come in
 * @param options what it stands on
 */
export function addDashboard(app: App, guards: Guards, options: DashboardOptions): void {
  const { baseUrlOf, version, now, knowsCallers } = options;
  const show = createShow(version, now);
  const cookie = new SessionCookie(baseUrlOf);
  const desk = createPageDesk(cookie, show);
  const fromHere: Guard = async (c, next) => {
    if (comesFromHere(c, baseUrlOf(c.req.raw))) return await next();
    guards.tell(c, { reason: "origin", detail: originName(c.req.header("origin") ?? "") });
    const text = "This did not come from a page of this gateway, so nothing was done.";
    return show(c, problemPage("Nothing was done", text), 403);
  };

  const asPage: Guard = async (c, next) => {
    await next();
    // It was told and logged as all failures are; a person gets a page.
    if (c.error) c.res = c.res.status === 503 ? show(c, away(), 503) : show(c, failed(), 500);
  };

  app.get(`${ASSETS_PATH}/:name`, (c) => {
    const asset = findAsset(c.req.param("name"));
    if (asset === undefined) return c.notFound();
    const isThisVersion = c.req.query("v") === asset.digest;
    const etag = `"${asset.digest}"`;
    c.header("etag", etag);
    c.header("cache-control", isThisVersion ? "public, max-age=31536000, immutable" : "no-cache");
    c.header("cross-origin-resource-policy", "same-origin");
    if (isNamed(etag, c.req.header("if-none-match"))) return c.body(null, 304);
    return c.body(asset.text, 200, { "content-type": asset.type });
  });

  app.post("/dashboard/theme", fromHere, async (c) => {
    const read = await readForm(c.req.raw, MAX_THEME_BYTES);
    if (!read.ok) return show(c, problemPage("This cannot be read", read.error), read.status);
    setCookie(c, THEME_COOKIE, parseTheme(read.form.get("theme")), {
      path: "/",
      maxAge: THEME_SECONDS,
      httpOnly: true,
      sameSite: "Strict",
    });
    return c.redirect(placeToGo(read.form.get("to")), 303);
  });

  addSignIn(app, guards, { cookie, show, fromHere, knowsCallers });

  for (const { method, path, needs, answer } of rows) {
    const enter = guards.needs(needs, desk);
    const pass: Guard = method === "POST" ? fromHere : (_, next) => next();
    app.on(method, path, asPage, pass, enter, (c) => answer(c, { ...options, show }));
  }

  app.get("/dashboard/*", guards.needs("any", desk), (c) => {
    if (/^\/dashboard\/?$/.test(c.req.path)) return c.redirect("/", 303);
    const text = "There is no such page; it may have been moved, or the link is incomplete.";
    return show(c, problemPage("Nothing here", text), 404);
  });
}

function away(): Page {
  return problemPage(
    "Not at this moment",
    "Jobs cannot be stored or read at this moment; try again.",
  );
}

function failed(): Page {
  return problemPage("This went wrong", "Something went wrong here; it was logged.");
}
