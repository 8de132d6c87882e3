/**
 * Turns `AsyncActor` resources into running, autoscaled actors on Kubernetes: what should exist is
 * a pure value of the actor, and a level-based loop makes the cluster so. What a handler computes,
 * what a message means and how jobs are kept may not enter.
 *
 * @module
 */
export type * from "./actor/async_actor.ts";
export type * from "./actor/kube_object.ts";
export type * from "./desired/desired.ts";
export type * from "./reconcile/cluster.ts";
export * from "./reconcile/kube_error.ts";
