import type { Answer } from "./answer.ts";
import { firstPlaceOf, PLACES } from "./page.tsx";

/** What is seen first: the overview, or the first place that the caller may see. */
export const showHome: Answer = (c) => {
  const place = firstPlaceOf(c.var.caller);
  return c.redirect(place === PLACES.overview.path ? PLACES.jobs.path : place, 303);
};
