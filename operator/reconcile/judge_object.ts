import type { KubeObject } from "../actor/kube_object.ts";
import { apartMs } from "./apart_ms.ts";
import { mayBeWatched } from "./broker_reach.ts";
import type { LiveObject } from "./cluster.ts";
import { dependantsOfChange, isDoneFor } from "./fixed_part.ts";
import { hashValue } from "./hash_value.ts";
import { type Applied, hashMetadata } from "./memory.ts";
import { isLater, isOwn, isWatched, objectKey, refOf } from "./object_key.ts";
import type { LivingView } from "./view.ts";

/** An object that no watch shows is asked for again after so long. */
const ASK_AGAIN_MS = 300_000;

/** How a wanted object is, and what follows from that. */
export type Judgement =
  | { readonly verdict: "as_it_is" }
  /** Nobody knows what is there. */
  | { readonly verdict: "unknown" }
  | { readonly verdict: "apply"; readonly hash: string; readonly was?: LiveObject }
  | {
    readonly verdict: "replace";
    readonly was: LiveObject;
    readonly dependants: "Background" | "Orphan";
  }
  /** It is on its way out, and comes again when it is gone. */
  | { readonly verdict: "going"; readonly was: LiveObject }
  /** Nobody has tried yet to make the queue that it watches, or its password is missing. */
  | { readonly verdict: "held" }
  /** An object of somebody else has its name. */
  | { readonly verdict: "foreign" }
  /** The API server has just said no. */
  | { readonly verdict: "refused" };

/**
 * Compares an object as it is to be with what is there and with what this process did.
 *
 * @param object as it is to be, with its fixed part noted
 * @param view what is known
 */
export function judgeObject(object: KubeObject, view: LivingView): Judgement {
  const ref = refOf(object);
  const key = objectKey(ref);
  const applied = view.memory.applied.get(key);
  const live = view.live.get(key);
  if (view.refused.has(key)) return { verdict: "refused" };
  const hash = hashValue(object);
  if (live === undefined) {
    const isKnown = view.asked.has(key) ||
      !isWatched(ref) && applied !== undefined &&
        apartMs(view.nowMs, applied.seenAtMs) < ASK_AGAIN_MS;
    if (!isKnown) return { verdict: "unknown" };
    const isThere = !view.asked.has(key) && applied?.hash === hash;
    return isThere ? { verdict: "as_it_is" } : apply(object, view, { hash });
  }
  const isOld = applied !== undefined && isLater(applied.resourceVersion, live.resourceVersion);
  if (isOld) {
    return applied.hash === hash ? { verdict: "as_it_is" } : apply(object, view, { hash });
  }
  if (!isOwn(live, view.actor)) return { verdict: "foreign" };
  if (live.isGoing) return { verdict: "going", was: live };
  const dependants = dependantsOfChange(object, live);
  if (dependants && isDoneFor(object, live)) return { verdict: "as_it_is" };
  if (dependants) return { verdict: "replace", was: live, dependants };
  const isSame = applied?.hash === hash && !isChanged(live, applied) &&
    hashMetadata(object, live) === applied.metadataHash;
  return isSame ? { verdict: "as_it_is" } : apply(object, view, { hash, was: live });
}

function apply(
  object: KubeObject,
  view: LivingView,
  how: { readonly hash: string; readonly was?: LiveObject },
): Judgement {
  const isHeld = object.kind === "ScaledObject" && !(mayBeWatched(view) && isKeyOwn(object, view));
  if (isHeld) return { verdict: "held" };
  return { verdict: "apply", ...how };
}

/**
 * Whether KEDA would come to the broker with what the actor names: with a TriggerAuthentication of
 * somebody else it would show the actor's broker what that one may know.
 */
function isKeyOwn({ metadata: { name } }: KubeObject, { live, actor }: LivingView): boolean {
  const known = live.get(objectKey({ kind: "TriggerAuthentication", name }));
  return known === undefined || isOwn(known, actor);
}

/** Whether somebody changed what was applied: its spec, for kinds that count changes of it. */
function isChanged(live: LiveObject, applied: Applied): boolean {
  if (live.uid !== applied.uid) return true;
  return live.generation === undefined
    ? live.resourceVersion !== applied.resourceVersion
    : live.generation !== applied.generation;
}
