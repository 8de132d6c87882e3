import type { App, Desk, Guard, Guards } from "../http/app_env.ts";
import { placeToGo } from "./came_from.ts";
import { firstPlaceOf } from "./page.tsx";
import { asBearer } from "./page_desk.ts";
import { problemPage } from "./problem_page.tsx";
import { readForm } from "./read_form.ts";
import { MAX_COOKIE_LENGTH, type SessionCookie } from "./session_cookie.ts";
import type { Show } from "./show.tsx";
import { signInPage } from "./sign_in.tsx";

/** What signing in stands on. */
export interface SignInOptions {
  readonly cookie: SessionCookie;
  readonly show: Show;
  /** Lets in what comes from a page of this gateway. */
  readonly fromHere: Guard;
  /** Whether callers have to be known at all. */
  readonly knowsCallers: boolean;
}

/** A token, and where to go with it. */
const MAX_FORM_BYTES = 32 * 1024;

/**
 * Adds the routes by which somebody signs in, with what programs have as a bearer token, and out. A
 * token that is shown here is looked at, counted and told of like one that a program shows.
 */
export function addSignIn(app: App, guards: Guards, options: SignInOptions): void {
  const { cookie, show, fromHere, knowsCallers } = options;
  const readToken: Guard = async (c, next) => {
    const read = await readForm(c.req.raw, MAX_FORM_BYTES);
    if (!read.ok) return show(c, problemPage("This cannot be read", read.error), read.status);
    c.set("form", read.form);
    await next();
  };
  const desk: Desk = {
    credentialOf: (c) => asBearer(c.var.form?.get("token")?.trim()),
    turnAway: (c, { status, error }) =>
      show(c, signInPage({ to: placeToGo(c.var.form?.get("to")), problem: error }), status),
  };

  app.get("/dashboard/sign-in", (c) => {
    const to = placeToGo(c.req.query("to"));
    return knowsCallers ? show(c, signInPage({ to })) : c.redirect(to, 303);
  });

  app.post("/dashboard/sign-in", fromHere, readToken, guards.needs("any", desk), (c) => {
    const { form, caller } = c.var;
    const token = form?.get("token")?.trim() ?? "";
    const to = placeToGo(form?.get("to"));
    if (encodeURIComponent(token).length > MAX_COOKIE_LENGTH) {
      const problem = `this token is too long for a browser to keep; up to ` +
        `${MAX_COOKIE_LENGTH} characters are allowed`;
      return show(c, signInPage({ to, problem }), 413);
    }
    // Where nobody is known, a token is of no use here, and nobody's to keep.
    if (knowsCallers) cookie.write(c, token);
    return c.redirect(to === "/" ? firstPlaceOf(caller) : to, 303);
  });

  app.post("/dashboard/sign-out", fromHere, (c) => {
    cookie.clear(c);
    return c.redirect("/dashboard/sign-in", 303);
  });
}
