import type { LiveObject } from "./cluster.ts";
import { conditionOf, hasCondition } from "./live_status.ts";
import type { Said } from "./workload_health.ts";

/**
 * How the scaling of an actor is, from the conditions that KEDA writes.
 *
 * @param scaledObject as it is there
 */
export function scalingHealth({ status }: LiveObject): Said {
  if (hasCondition(status, "Paused", "True")) {
    const message = "Somebody has paused the ScaledObject: KEDA leaves the pods as they are.";
    return { status: "True", reason: "Paused", message };
  }
  if (hasCondition(status, "Fallback", "True")) {
    const message = "KEDA cannot read the queue, and holds to the replicas of its fallback.";
    return { status: "False", reason: "FallingBack", message };
  }
  const ready = conditionOf(status, "Ready");
  switch (ready?.status) {
    case "True":
      return { status: "True", reason: "QueueWatched", message: "KEDA scales by the queue." };
    case "False": {
      const why = ready.message ?? ready.reason ?? "it does not say why";
      return { status: "False", reason: "KedaNotReady", message: `KEDA cannot scale: ${why}` };
    }
    default:
      return { status: "Unknown", reason: "NotSeen", message: "KEDA has not looked at it yet." };
  }
}
