import { retryInMs } from "./broker_reach.ts";
import { hasCondition } from "./live_status.ts";
import { isOwn } from "./object_key.ts";
import type { Outcome } from "./outcome.ts";
import { judgeAll } from "./plan_actor.ts";
import type { LivingView, View } from "./view.ts";

/** Something that goes is looked at again after so long, if no watch has told of it before. */
const GOING_MS = 5_000;

/** Objects of others are not watched: whether one still has the name is asked again after so long. */
const FOREIGN_MS = 15_000;

/** A queue that KEDA cannot read may have been deleted. */
const BLIND_MS = 60_000;

/**
 * When to look at an actor again by itself: for what no watch tells.
 *
 * @param view what is known when nothing is left to do
 */
export function againAfter(view: LivingView): Outcome {
  const { memory: { broker }, live, actor, desired } = view;
  const isRefused = desired.objects.length === 0;
  const waits = [
    ...(broker?.problem && !isRefused ? [retryInMs(broker)] : []),
    ...(judgeAll(view).some(({ judgement }) => judgement.verdict === "foreign")
      ? [FOREIGN_MS]
      : []),
    ...[...live.values()].filter((object) => isOwn(object, actor)).flatMap((object) => {
      if (object.isGoing) return [GOING_MS];
      const isBlind = object.kind === "ScaledObject" &&
        hasCondition(object.status, "Ready", "False");
      return isBlind ? [BLIND_MS] : [];
    }),
  ];
  return waits.length > 0 ? { againAfterMs: Math.min(...waits) } : {};
}

/**
 * When to look again at an actor that is asked to go.
 *
 * @param view what is known when nothing is left to do
 */
export function againAfterDeletion({ live }: View): Outcome {
  return live.size > 0 ? { againAfterMs: GOING_MS } : {};
}
