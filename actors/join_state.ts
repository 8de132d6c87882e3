import type { Json } from "@asya/protocol";
import type { JoinRule } from "./join_rule.ts";

/** Which fan-out an arrival belongs to. */
export interface JoinGroup {
  readonly jobId: string;
  /** Index of the join in the route: one route may have several. */
  readonly stepIndex: number;
  /** Lineage of the message that was fanned out; `""` where it had none. */
  readonly parent: string;
  /** Which run of the fan-out it is: a repeated one may differ. */
  readonly group: string;
  /** Branches it has. */
  readonly count: number;
}

/** How one branch came to a join. */
export interface Arrival {
  /** Position of the branch in its fan-out. */
  readonly index: number;
  readonly outcome: "arrived" | "empty" | "failed";
  /** What it brought, where it arrived. */
  readonly payload?: Json;
  /** Why it failed, in a sentence. */
  readonly error?: string;
  /** Where it was taken in, as a `traceparent`, where its trace is recorded. */
  readonly traceparent?: string;
}

/** A branch that was given up. */
export interface FailedBranch {
  readonly index: number;
  /** Why, in a sentence, where somebody said so. */
  readonly error?: string;
}

/** Everything that came of a fan-out when its join went on. */
export interface Merged {
  /** One payload per branch, in their order; `null` where there is none. */
  readonly branches: readonly Json[];
  /** Indices of those nothing was heard of. */
  readonly missing: readonly number[];
  readonly failed: readonly FailedBranch[];
}

/** What a join answers to one arrival. */
export type JoinAnswer =
  /** `wakeMs`: milliseconds after which this arrival has to be shown again. */
  | { readonly kind: "wait"; readonly wakeMs?: number }
  /**
   * `isPartial` where the rule allowed that branches are missing or have failed; `traces` is where
   * other branches were taken in, as `traceparent`s.
   */
  | {
    readonly kind: "merge";
    readonly merged: Merged;
    readonly isPartial: boolean;
    readonly traces?: readonly string[];
  }
  | { readonly kind: "fail"; readonly reason: string }
  /** The join has gone on without it, or failed. */
  | { readonly kind: "late"; readonly after: "merge" | "fail" };

/** What a join remembers, across restarts and replicas. */
export interface JoinState extends AsyncDisposable {
  /**
   * Takes an arrival in and decides. Of all arrivals of one fan-out exactly one gets the merge or
   * the failure; asked about again, that one gets the same answer again.
   *
   * @throws Error when it cannot be kept now; {@linkcode isAway} says whether that will pass
   */
  arrive(group: JoinGroup, arrival: Arrival, rule: JoinRule): Promise<JoinAnswer>;
  /** Whether an error of {@linkcode arrive} is that of a store that is away for a while. */
  isAway(error: unknown): boolean;
}
