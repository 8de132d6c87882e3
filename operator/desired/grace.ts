import type { ActorSpec } from "../actor/async_actor.ts";

/** What is left of the pod's grace once work in hand is done: for answers, confirms and acks. */
const END_SECONDS = 5;

/** The programs take no longer grace than a day. */
const MAX_SECONDS = 86_400;

/**
 * Seconds that a pod gets to end: what its template says, or else the actor.
 *
 * @param spec of the actor
 */
export function podGraceSeconds({ workload, timeout }: ActorSpec): number {
  const { terminationGracePeriodSeconds: said } = workload.template.spec;
  return typeof said === "number" ? said : timeout.gracefulShutdown;
}

/**
 * Seconds of these that work in hand may take.
 *
 * @param spec of the actor
 */
export function workGraceSeconds(spec: ActorSpec): number {
  return Math.min(Math.max(podGraceSeconds(spec) - END_SECONDS, 1), MAX_SECONDS);
}
