import { bearerOf } from "../auth/access.ts";
import type { Desk, TurnedAway } from "../http/app_env.ts";
import { problemPage } from "./problem_page.tsx";
import type { SessionCookie } from "./session_cookie.ts";
import { placeOf, type Show } from "./show.tsx";
import { signInPage } from "./sign_in.tsx";

const TITLES = { 403: "Not for you to see", 429: "Too many requests", 503: "Try again soon" };

/** What signing in again helps with, in words for a person. */
const PROBLEMS: Partial<Record<TurnedAway["reason"], string>> = {
  expired_token: "Your token has expired; sign in with another one.",
  wrong_token: "Your token is not accepted any more; sign in with another one.",
};

/**
 * Lets in who has a token in a cookie, or shows one as programs do. Who has to sign in does so where
 * they are, and is there again when they have.
 *
 * @param cookie the token in a browser's cookie
 * @param show answers with a page
 */
export function createPageDesk(cookie: SessionCookie, show: Show): Desk {
  return {
    credentialOf: (c) => c.req.header("authorization") ?? asBearer(cookie.read(c)),
    turnAway(c, { status, reason, error }) {
      if (status !== 401) return show(c, problemPage(TITLES[status], `${capital(error)}.`), status);
      if (PROBLEMS[reason] !== undefined) cookie.clear(c);
      return show(c, signInPage({ to: placeOf(c), problem: PROBLEMS[reason] }), 401);
    },
  };
}

/** A token as an `Authorization` header has it; what cannot be one is none. */
export function asBearer(token: string | undefined): string | null {
  const header = `Bearer ${token ?? ""}`;
  return bearerOf(header) === undefined ? null : header;
}

function capital(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}
