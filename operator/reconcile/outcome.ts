import type { KubeErrorCode } from "./kube_error.ts";

/** What is to become of a key after a look at it. */
export type Outcome =
  /** Nothing is to be done until something changes. */
  | { readonly kind: "settled" }
  /** Something goes on whose end no watch tells; `inMs` says when to look again. */
  | { readonly kind: "waiting"; readonly inMs: number }
  /** Something stands in the way: look again later each time, and not before `retryAfterMs`. */
  | {
    readonly kind: "hindered";
    readonly why: Hindrance;
    readonly message: string;
    readonly retryAfterMs?: number;
  };

/** What can stand in the way: an answer of the API server, or what a condition says. */
export type Hindrance = KubeErrorCode | "name_taken" | "queue_undeclared" | "secret_missing";
