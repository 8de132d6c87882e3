import { calls } from "./gateway/calls.ts";
import { glance } from "./gateway/glance.ts";
import { http } from "./gateway/http.ts";
import { process } from "./gateway/process.ts";
import { sending } from "./gateway/sending.ts";
import { store } from "./gateway/store.ts";
import { updates } from "./gateway/updates.ts";
import type { DashboardPlan } from "./plan.ts";
import { UIDS } from "./uids.ts";
import { places, tool } from "./variables.ts";

/** What callers notice of the mesh. */
export const gateway: DashboardPlan = {
  uid: UIDS.gateway,
  title: "Asya / Gateway",
  description: "What callers notice of the mesh, and what the gateway stands on.",
  variables: [...places, tool],
  rows: [glance, calls, http, updates, sending, store, process],
};
