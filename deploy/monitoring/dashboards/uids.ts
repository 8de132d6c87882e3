/** Addresses of the dashboards, which they use to lead to each other. */
export const UIDS = {
  overview: "asya-overview",
  actor: "asya-actor",
  gateway: "asya-gateway",
  ai: "asya-ai",
} as const;

/** From a line of one actor to everything about it. */
export const toActor = {
  uid: UIDS.actor,
  title: "This actor",
  variables: "var-actor=${__field.labels.queue}",
} as const;
