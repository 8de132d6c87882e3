import type { ActorStatus } from "../actor/async_actor.ts";
import type { Note } from "../desired/desired.ts";
import type { UnreadActor } from "./cluster.ts";
import { isKedaSilent, leftOf } from "./plan_deletion.ts";
import { timed } from "./status_of.ts";
import type { View } from "./view.ts";
import type { Said } from "./workload_health.ts";

/**
 * The status of an actor whose spec cannot be read: what was made of an earlier one stays.
 *
 * @param view what is known
 */
export function invalidStatus(view: View<UnreadActor>): ActorStatus {
  const { actor } = view;
  const message = `Nothing is changed while the spec makes no sense: ${actor.problems.join("; ")}.`;
  const invalid: Said = { status: "False", reason: "InvalidSpec", message };
  return {
    ...actor.status,
    observedGeneration: actor.metadata.generation,
    conditions: timed(actor, {
      Ready: invalid,
      WorkloadReady: invalid,
      ScalingReady: invalid,
      Progressing: invalid,
      Degraded: { ...invalid, status: "True" },
    }, view),
  };
}

/**
 * The status of an actor that is asked to go.
 *
 * @param view what is known
 */
export function deletionStatus(view: View): ActorStatus {
  const { actor } = view;
  const left = leftOf(view);
  const names = left.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  const message = `It is being deleted; not gone yet: ${names}.`;
  const going: Said = { status: "False", reason: "Deleting", message };
  const [silence] = deletionNotes(view);
  const silent: Said | undefined = silence &&
    { status: "True", reason: silence.reason, message: silence.message };
  const [refusal] = view.refused.values();
  const refused: Said | undefined = refusal &&
    { status: "True", reason: "ObjectRefused", message: refusal.message };
  return {
    ...actor.status,
    observedGeneration: actor.metadata.generation,
    conditions: timed(actor, {
      Ready: going,
      WorkloadReady: going,
      ScalingReady: going,
      Progressing: { ...going, status: "True" },
      Degraded: silent ?? refused ?? { ...going, reason: "AsAsked" },
    }, view),
  };
}

/**
 * What the owner of an actor that is asked to go should know.
 *
 * @param view what is known
 */
export function deletionNotes(view: View): Note[] {
  const held = leftOf(view).find(({ kind, isGoing }) => kind === "ScaledObject" && isGoing);
  if (!held || !isKedaSilent(view)) return [];
  const message =
    `KEDA does not let go of the ScaledObject ${held.name}. Let KEDA run, or take the ` +
    "finalizer finalizer.keda.sh from the ScaledObject if KEDA is gone for good.";
  return [{ reason: "KedaSilent", message, weight: "limited", about: "scaling" }];
}
