import type { Answer } from "./answer.ts";

/** The jobs, newest first. */
export const listJobs: Answer = async (c, { jobs, show }) => {
  const { caller } = c.var;
  const seesAll = caller.name === undefined || caller.scopes.has("jobs:admin");
  const page = await jobs.list({ limit: 50, owner: seesAll ? undefined : caller.name });
  return show(c, {
    title: "Jobs",
    at: "jobs",
    main: <ul>{page.jobs.map(({ id }) => id).join(" ")}</ul>,
  });
};
