import type { Condition } from "../actor/async_actor.ts";
import type { LiveObject } from "./cluster.ts";
import { conditionOf, countOf, hasCondition } from "./live_status.ts";

/** Whether something is so, and why: a condition without what it is about and when. */
export type Said = Pick<Condition, "status" | "reason" | "message">;

/** How a workload is. */
export interface WorkloadHealth {
  readonly ready: Said;
  readonly progressing: Said;
  /** Something that does not pass by itself. */
  readonly trouble?: Said;
  readonly replicas: number;
}

/** What a workload's own controller counts. */
interface Counts {
  readonly wanted: number;
  readonly there: number;
  readonly updated: number;
  readonly ready: number;
}

const NOT_SEEN = "Kubernetes has not looked at it yet.";

/**
 * How a workload is, from what its controller says of it.
 *
 * @param workload a Deployment, a StatefulSet or a Job, as it is there
 */
export function workloadHealth(workload: LiveObject): WorkloadHealth {
  return workload.kind === "Job" ? jobHealth(workload) : replicatedHealth(workload);
}

function replicatedHealth(workload: LiveObject): WorkloadHealth {
  const { status, generation = 0 } = workload;
  const there = countOf(status, "replicas");
  const counts = {
    there,
    wanted: workload.replicas ?? there,
    updated: countOf(status, "updatedReplicas"),
    ready: countOf(status, "readyReplicas"),
  };
  const hasSeen = countOf(status, "observedGeneration") >= generation;
  const failure = conditionOf(status, "ReplicaFailure");
  const trouble: Said | undefined = failure?.status === "True"
    ? { status: "True", reason: "PodsRefused", message: failure.message ?? "Pods are refused." }
    : hasCondition(status, "Progressing", "False")
    ? {
      status: "True",
      reason: "ProgressDeadlineExceeded",
      message: "The new pods have not become ready in time; look at their events and logs.",
    }
    : undefined;
  return {
    ready: readyOf(workload, counts),
    progressing: hasSeen && isSettled(counts)
      ? { status: "False", reason: "Settled", message: "All pods are as they should be." }
      : trouble
      ? { ...trouble, status: "False" }
      : hasSeen
      ? { status: "True", reason: "RollingOut", message: "Pods are started, replaced or stopped." }
      : { status: "True", reason: "NotSeen", message: NOT_SEEN },
    ...(trouble && { trouble }),
    replicas: there,
  };
}

function readyOf({ status }: LiveObject, { wanted, ready }: Counts): Said {
  if (status?.observedGeneration === undefined) {
    return {
      status: "Unknown",
      reason: "NotSeen",
      message: NOT_SEEN,
    };
  }
  if (wanted === 0) {
    return { status: "True", reason: "ScaledToZero", message: "No pod is needed at the moment." };
  }
  const available = conditionOf(status, "Available");
  const isReady = available ? available.status === "True" : ready >= wanted;
  return isReady ? { status: "True", reason: "PodsReady", message: "Its pods take messages." } : {
    status: "False",
    reason: "PodsNotReady",
    message: `${ready} of ${wanted} pods are ready.`,
  };
}

function isSettled({ there, wanted, updated, ready }: Counts): boolean {
  return there === wanted && updated >= wanted && ready >= wanted;
}

function jobHealth({ status }: LiveObject): WorkloadHealth {
  const active = countOf(status, "active");
  const failed = conditionOf(status, "Failed");
  const idle: Said = { status: "False", reason: "Settled", message: "Nothing is being started." };
  if (failed?.status === "True") {
    const message = `The Job has failed: ${failed.message ?? "Kubernetes does not say why"}`;
    const trouble: Said = { status: "True", reason: "JobFailed", message };
    return { ready: { ...trouble, status: "False" }, progressing: idle, trouble, replicas: 0 };
  }
  if (hasCondition(status, "Complete", "True")) {
    const ready: Said = { status: "True", reason: "JobComplete", message: "The Job is done." };
    return { ready, progressing: idle, replicas: 0 };
  }
  if (active > 0 && countOf(status, "ready") >= active) {
    const ready: Said = { status: "True", reason: "PodsReady", message: "Its pods take messages." };
    return { ready, progressing: idle, replicas: active };
  }
  const message = `${countOf(status, "ready")} of the Job's ${active} pods are ready.`;
  return {
    ready: { status: "False", reason: "PodsNotReady", message },
    progressing: { status: "True", reason: "RollingOut", message: "Pods are being started." },
    replicas: active,
  };
}
