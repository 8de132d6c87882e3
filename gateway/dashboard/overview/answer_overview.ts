import { sseResponse } from "../../http/sse_response.ts";
import type { Answer } from "../answer.ts";
import { firstPlaceOf, PLACES } from "../page.tsx";
import { problemPage } from "../problem_page.tsx";
import type { Overview } from "./overview.ts";
import { overviewPage } from "./overview_page.tsx";

/** Jobs that the overview shows. */
const RECENT_JOBS = 10;

/** `GET /`: the overview, or the first place that the caller may see. */
export const showHome: Answer = async (c, { overview, jobs, show, now }) => {
  const place = firstPlaceOf(c.var.caller);
  if (place !== PLACES.overview.path) return c.redirect(place, 303);
  const [text, { jobs: recent }] = await Promise.all([
    overview.text(),
    jobs.list({ limit: RECENT_JOBS }),
  ]);
  // The gateway's own words, as it tells them to everybody.
  const told: Overview = JSON.parse(text);
  return show(c, overviewPage({ overview: told, recent, now: now() }));
};

/** `GET /dashboard/overview/stream`: tells the page of the overview when there is something new. */
export const followOverview: Answer = (c, { overviews, show }) => {
  if (c.req.method === "HEAD") return sseResponse();
  const text = "As many streams are open as you may have; close another overview.";
  return overviews.open(c.var.caller) ?? show(c, problemPage("Too many streams", text), 429);
};
