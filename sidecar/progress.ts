import type { JobProgress, ProgressReport } from "@asya/protocol";
import type { CallProgress } from "./host.ts";
import type { Policy } from "./policy.ts";
import type { StepWork } from "./work.ts";

/**
 * The report that a step has taken a message.
 *
 * @param work the message
 * @param policy the sidecar's place in the mesh
 */
export function reportReceived(work: StepWork, policy: Policy): JobProgress {
  return report(work, policy, {
    status: "received",
    message: `received by ${policy.queue}`,
    messageSizeKb: Math.round(work.received.body.length / 10.24) / 100,
  });
}

/**
 * The report that the handler works on a message.
 *
 * @param work the message
 * @param policy the sidecar's place in the mesh
 */
export function reportProcessing(work: StepWork, policy: Policy): JobProgress {
  return report(work, policy, {
    status: "processing",
    message: `processing in ${policy.queue}`,
  });
}

/**
 * The report of what the handler itself said: how far it is, a sentence, a streamed chunk.
 *
 * @param work the message
 * @param policy the sidecar's place in the mesh
 * @param progress what it said
 * @param seq 0-based number of the chunk, where there is one
 */
export function reportHandlerProgress(
  work: StepWork,
  policy: Policy,
  progress: CallProgress,
  seq: number,
): JobProgress {
  const { fraction, message, data } = progress;
  return report(work, policy, {
    status: "processing",
    message: message ?? `processing in ${policy.queue}`,
    ...(fraction !== undefined && { fraction }),
    ...(data !== undefined && { partial: data, seq }),
  });
}

/**
 * The report that a step is done with a message.
 *
 * @param work the message
 * @param policy the sidecar's place in the mesh
 * @param durationMs milliseconds from its arrival until its outputs were confirmed
 * @param steps the whole route, where the handler has changed what lies ahead
 */
export function reportCompleted(
  work: StepWork,
  policy: Policy,
  durationMs: number,
  steps?: readonly string[],
): JobProgress {
  return report(work, policy, {
    status: "completed",
    message: `completed by ${policy.queue}`,
    durationMs: Math.round(durationMs),
    ...(steps && { steps, totalSteps: steps.length }),
  });
}

function report(
  work: StepWork,
  policy: Policy,
  said: Pick<ProgressReport, "status" | "message"> & Partial<ProgressReport>,
): JobProgress {
  const { message: { jobId, route }, bookkeeping: { branch } } = work;
  return {
    jobId,
    report: {
      step: policy.queue,
      stepIndex: route.current,
      totalSteps: route.steps.length,
      actorName: policy.actor,
      ...(branch !== undefined && { branch }),
      ...said,
    },
  };
}
