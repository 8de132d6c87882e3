import type { Answer } from "../answer.ts";
import { jobsPage } from "./jobs_page.tsx";
import { parseListQuery, toJobQuery } from "./list_query.ts";

/** The jobs that the caller may see, newest first. */
export const listJobs: Answer = async (c, { jobs, show, now, tools }) => {
  const { caller } = c.var;
  const query = parseListQuery(new URL(c.req.url).searchParams);
  const seesAll = caller.name === undefined || caller.scopes.has("jobs:admin");
  const page = await jobs.list(toJobQuery(query, seesAll ? undefined : caller.name));
  return show(
    c,
    jobsPage({
      query,
      page,
      tools: caller.scopes.has("tools:call") ? tools().map(({ name }) => name) : [],
      now: now(),
      ofWhom: seesAll ? undefined : caller.name,
    }),
  );
};
