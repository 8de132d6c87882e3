import type { KubeObject } from "../actor/kube_object.ts";
import type { Action } from "./action.ts";
import { dueReach } from "./broker_reach.ts";
import type { LiveObject } from "./cluster.ts";
import { noteFixedPart } from "./fixed_part.ts";
import { type Judgement, judgeObject } from "./judge_object.ts";
import { noteReplicas, REPLICAS_ANNOTATION, saysReplicas } from "./note_replicas.ts";
import { FINALIZER, isLater, isOwn, isWorkload, objectKey, refOf } from "./object_key.ts";
import type { LivingView } from "./view.ts";

/** A wanted object, and how it is. */
export interface Judged {
  readonly object: KubeObject;
  readonly judgement: Judgement;
}

/** What changes how many pods there are: it goes before anybody else says how many. */
const SCALERS: readonly string[] = ["ScaledObject", "TriggerAuthentication"];

/**
 * What to do next for an actor, in order. Nothing is left when an empty list comes back: all is as
 * it should be, as far as it can be at the moment.
 *
 * @param view what is known; what comes of the actions belongs into the next one
 */
export function planActor(view: LivingView): Action[] {
  if (!hasFinalizer(view)) return [{ kind: "add_finalizer" }];
  // Nothing can run as it is asked for: what runs stays as it is.
  if (view.desired.notes.some(({ weight }) => weight === "refused")) return [];
  const judged = judgeAll(view);
  const unknown = judged.filter(({ judgement }) => judgement.verdict === "unknown");
  if (unknown.length > 0) {
    return [{ kind: "read", refs: unknown.map(({ object }) => refOf(object)) }];
  }
  const obsolete = obsoleteOf(view);
  const now = [
    ...obsolete.filter(({ kind }) => SCALERS.includes(kind)).map(removeObsolete),
    ...judged.flatMap((one) => actionsFor(one, view)),
  ];
  if (now.length > 0) return now;
  const reach = dueReach(view);
  if (reach) return [{ kind: "reach_broker", ...reach }];
  // What ran before goes when its successor is there: until then it does the work.
  const hasWorkload = judged.some(({ object, judgement }) =>
    isWorkload(object) && judgement.verdict === "as_it_is"
  );
  return obsolete
    .filter((object) => hasWorkload || !isWorkload(object))
    .map(removeObsolete);
}

/**
 * Every wanted object, and how it is.
 *
 * @param view what is known
 */
export function judgeAll(view: LivingView): Judged[] {
  const { generation } = view.actor.metadata;
  return view.desired.objects.map((object) => noteReplicas(noteFixedPart(object, generation)))
    .map((object) => ({ object, judgement: judgeObject(object, view) }));
}

/** Whether the actor waits for us when it is deleted; a watch may not have shown it yet. */
function hasFinalizer({ actor: { metadata }, memory }: LivingView): boolean {
  const { finalizers = [], resourceVersion } = metadata;
  if (finalizers.includes(FINALIZER)) return true;
  const isOld = memory.actorVersion !== undefined && isLater(memory.actorVersion, resourceVersion);
  return isOld && memory.hasFinalizer === true;
}

function actionsFor({ object, judgement }: Judged, view: LivingView): Action[] {
  switch (judgement.verdict) {
    case "apply": {
      const { hash, was } = judgement;
      const keeps = leavesReplicas(object, view);
      return [{
        ...{ kind: "apply", object, hash },
        ...(was && { was }),
        ...(keeps && { keepsReplicas: true }),
      }];
    }
    case "replace": {
      const { was, dependants } = judgement;
      return [{ kind: "remove", object: was, dependants, why: "replaced" }];
    }
    case "as_it_is":
    case "unknown":
    case "going":
    case "held":
    case "foreign":
    case "refused":
      return [];
  }
}

/**
 * Whether an object is about to say no more how many replicas there are. The API server's default
 * would take the place of what nobody says: ten pods would become one, before KEDA has looked at the
 * queue for the first time.
 */
function leavesReplicas(object: KubeObject, { live, memory }: LivingView): boolean {
  if (saysReplicas(object)) return false;
  const key = objectKey(refOf(object));
  return memory.applied.get(key)?.saysReplicas ??
    live.get(key)?.annotations[REPLICAS_ANNOTATION] !== undefined;
}

/** What belongs to the actor and is not wanted any more, the first to go first. */
function obsoleteOf({ actor, live, desired, refused }: LivingView): LiveObject[] {
  const wanted = new Set(desired.objects.map((object) => objectKey(refOf(object))));
  return [...live]
    .filter(([key, object]) => !wanted.has(key) && !refused.has(key) && !object.isGoing)
    .map(([, object]) => object)
    .filter((object) => isOwn(object, actor))
    .toSorted((one, other) => placeOf(one) - placeOf(other));
}

/** KEDA looks at what it scales once more before its object goes. */
function placeOf({ kind }: LiveObject): number {
  const place = SCALERS.indexOf(kind);
  return place === -1 ? SCALERS.length : place;
}

function removeObsolete(object: LiveObject): Action {
  return { kind: "remove", object, dependants: "Background", why: "obsolete" };
}
