import { secretName } from "../desired/names.ts";
import type { Action } from "./action.ts";
import type { LiveObject, PlacedRef, SeenActor } from "./cluster.ts";
import { FINALIZER, isLater, isOwn, objectKey } from "./object_key.ts";
import type { View } from "./view.ts";

/** KEDA has so long to let go of its object before everything else goes without it. */
const KEDA_GRACE_MS = 30_000;

/** On an actor whose objects somebody wants to keep, as `kubectl delete --cascade=orphan` says. */
const ORPHAN_FINALIZER = "orphan";

/** What goes first goes first: KEDA's object, what asks for pods, and last what pods need. */
const ORDER: readonly string[] = [
  ...["ScaledObject", "TriggerAuthentication"],
  ...["Deployment", "StatefulSet", "Job"],
  ...["NetworkPolicy", "ServiceAccount", "Secret", "ConfigMap"],
];

/**
 * What to do next for an actor that is asked to go, in order. Its spec says nothing any more: all
 * that is its own goes, and then it goes itself, unless what is its own is to be kept. Its queue and
 * the messages in it stay.
 *
 * @param view what is known
 */
export function planDeletion(view: View): Action[] {
  if (!isHeld(view)) return [];
  const { finalizers = [] } = view.actor.metadata;
  if (finalizers.includes(ORPHAN_FINALIZER)) return [{ kind: "remove_finalizer" }];
  const unknown = unknownOf(view);
  if (unknown.length > 0) return [{ kind: "read", refs: unknown }];
  const left = leftOf(view);
  if (left.length === 0) return view.refused.size === 0 ? [{ kind: "remove_finalizer" }] : [];
  const scalers = left.filter(({ kind }) => kind === "ScaledObject");
  const next = scalers.length > 0 && !isKedaSilent(view) ? scalers : left;
  return next
    .filter((object) => !object.isGoing && !view.refused.has(objectKey(object)))
    .map((object) => ({ kind: "remove", object, dependants: "Background", why: "end" }));
}

/**
 * What of an actor is still there, in the order in which it goes.
 *
 * @param view what is known
 */
export function leftOf({ live, actor }: View): LiveObject[] {
  return [...live.values()]
    .filter((object) => isOwn(object, actor))
    .toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
}

/**
 * Whether KEDA has had the time to let go of its object.
 *
 * @param view what is known
 */
export function isKedaSilent({ actor: { metadata }, nowMs }: View): boolean {
  const { deletionTimestamp } = metadata;
  return deletionTimestamp !== undefined && nowMs - Date.parse(deletionTimestamp) >= KEDA_GRACE_MS;
}

/**
 * Whether an actor waits for our finalizer, as far as watches and our own writes say.
 *
 * @param view what is known
 */
export function isHeld({ actor: { metadata }, memory }: View): boolean {
  const { finalizers = [], resourceVersion } = metadata;
  const isOld = memory.actorVersion !== undefined && isLater(memory.actorVersion, resourceVersion);
  const isLetGo = isOld && memory.hasFinalizer === false;
  return finalizers.includes(FINALIZER) && !isLetGo;
}

/** What may be there though no watch shows it: Secrets, and what was made a moment ago. */
function unknownOf({ actor, memory, live, asked }: View): PlacedRef[] {
  const made = [...memory.applied.values()].map(({ ref }) => ref);
  const refs = new Map(
    [secretOf(actor), ...made].map((ref) => [objectKey(ref), ref]),
  );
  return [...refs]
    .filter(([key]) => !live.has(key) && !asked.has(key))
    .map(([, ref]) => ref);
}

function secretOf(actor: SeenActor): PlacedRef {
  const { namespace } = actor.metadata;
  return { apiVersion: "v1", kind: "Secret", namespace, name: secretName(actor) };
}
