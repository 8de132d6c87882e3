import type { KubeObject } from "../actor/kube_object.ts";
import type { LiveObject, PlacedRef } from "./cluster.ts";

/** One thing to do for an actor. What comes of it decides what is planned next. */
export type Action =
  /** Sees to it that the actor does not go before what belongs to it. */
  | { readonly kind: "add_finalizer" }
  /** Asks the API server for objects that no watch has shown. */
  | { readonly kind: "read"; readonly refs: readonly PlacedRef[] }
  /** Looks for the broker's secrets and, where KEDA watches the queue, declares it. */
  | { readonly kind: "reach_broker"; readonly hash: string; readonly declares: boolean }
  | {
    readonly kind: "apply";
    readonly object: KubeObject;
    readonly hash: string;
    /** The object as it is there. */
    readonly was?: LiveObject;
    /** Whether a workload is to have as many replicas as it has, though nobody says so any more. */
    readonly keepsReplicas?: true;
  }
  | {
    readonly kind: "remove";
    readonly object: LiveObject;
    readonly dependants: "Background" | "Orphan";
    /** `obsolete`: it is not wanted any more; `replaced`: it is made anew; `end`: its actor goes. */
    readonly why: "obsolete" | "replaced" | "end";
  }
  /** Lets the actor go. */
  | { readonly kind: "remove_finalizer" };
