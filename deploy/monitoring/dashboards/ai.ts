import { glance } from "./ai/glance.ts";
import { latency } from "./ai/latency.ts";
import { streams } from "./ai/streams.ts";
import { use } from "./ai/use.ts";
import type { DashboardPlan } from "./plan.ts";
import { UIDS } from "./uids.ts";
import { model, places } from "./variables.ts";

/** What models do, and what they cost. */
export const ai: DashboardPlan = {
  uid: UIDS.ai,
  title: "Asya / AI",
  description: "What models do for the mesh: how fast, how much, how often not, and at what price.",
  variables: [
    ...places,
    model,
    {
      name: "input_price",
      label: "Price of input",
      description: "of a million tokens, for the estimate of the cost",
      initial: "0",
    },
    {
      name: "output_price",
      label: "Price of output",
      description: "of a million tokens, for the estimate of the cost",
      initial: "0",
    },
  ],
  rows: [glance, latency, use, streams],
};
