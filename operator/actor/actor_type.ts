/** How the operator's own resource is called in the API. */
export const ACTOR_API = { group: "asya.io", version: "v1alpha1", plural: "asyncactors" } as const;

/** What an actor says that it is. */
export const ACTOR_TYPE = {
  apiVersion: `${ACTOR_API.group}/${ACTOR_API.version}`,
  kind: "AsyncActor",
} as const;
