import { failures } from "./actor/failures.ts";
import { glance } from "./actor/glance.ts";
import { messages } from "./actor/messages.ts";
import { queue } from "./actor/queue.ts";
import { sizes } from "./actor/sizes.ts";
import { time } from "./actor/time.ts";
import type { DashboardPlan } from "./plan.ts";
import { UIDS } from "./uids.ts";
import { actor as actorVariable, places, vhost } from "./variables.ts";

/** Everything about one actor. */
export const actor: DashboardPlan = {
  uid: UIDS.actor,
  title: "Asya / Actor",
  description: "One actor: what it does, how long that takes, what goes wrong.",
  variables: [...places, vhost, actorVariable],
  rows: [glance, messages, time, queue, failures, sizes],
};
