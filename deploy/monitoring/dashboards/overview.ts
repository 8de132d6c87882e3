import { actors } from "./overview/actors.ts";
import { glance } from "./overview/glance.ts";
import { jobs } from "./overview/jobs.ts";
import { operator } from "./overview/operator.ts";
import { queues } from "./overview/queues.ts";
import { scaling } from "./overview/scaling.ts";
import type { DashboardPlan } from "./plan.ts";
import { UIDS } from "./uids.ts";
import { places, vhost } from "./variables.ts";

/** The whole mesh: is it well, and if not, where to look. */
export const overview: DashboardPlan = {
  uid: UIDS.overview,
  title: "Asya / Overview",
  description: "The whole mesh: whether it is well, and if not, where to look next.",
  variables: [...places, vhost],
  rows: [glance, jobs, actors, queues, scaling, operator],
};
