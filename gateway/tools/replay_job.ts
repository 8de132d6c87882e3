import { type Job, type Json, replayOf } from "@asya/protocol";
import type { JobKey, StoredJob } from "../jobs/stored_job.ts";
import { type CallsOptions, makeJob } from "./calls.ts";

/** From where, with what, and by whom a job is replayed. */
export interface ReplayWish {
  /** 0-based step of the whole route; the first without it. */
  readonly fromStep?: number | undefined;
  /** What that step gets; may only be missing for step 0 of a job that began there. */
  readonly payload?: Json | undefined;
  readonly owner?: string | undefined;
  /** Application headers of the new job's message. */
  readonly headers: Readonly<Record<string, string>>;
  /** By what the wish is known when it comes twice. */
  readonly key?: JobKey;
}

/** What came of the wish for a replay. */
export type Replayed =
  | { readonly kind: "made"; readonly job: Job; readonly payload: Json }
  | {
    readonly kind: "refused";
    readonly reason: "wrong" | "full" | "too_large";
    readonly error: string;
  };

/**
 * Makes a new job of one that there is: the same tool and route, its time anew.
 *
 * @param calls what jobs are made with
 * @param stored the job that is replayed, whatever became of it
 * @param wish from where, and with what
 */
export async function replayJob(
  calls: CallsOptions,
  stored: StoredJob,
  wish: ReplayWish,
): Promise<Replayed> {
  const { fromStep = 0, owner, headers, key } = wish;
  const { firstStep } = stored.job;
  const refuse = (reason: "wrong" | "full" | "too_large", error: string): Replayed => ({
    kind: "refused",
    reason,
    error,
  });
  // What is stored is what the job's first step got; a replay from the middle has nothing for step 0.
  const { payload = fromStep + firstStep === 0 ? stored.payload : undefined } = wish;
  if (payload === undefined) {
    const error = `payload is missing; step ${fromStep} of a job that began with step ` +
      `${firstStep} needs one`;
    return refuse("wrong", error);
  }
  const again = replayOf(stored.job, {
    id: calls.createId(),
    fromStep,
    ...(owner !== undefined && { owner }),
  });
  if (!again.ok) return refuse("wrong", again.problem);
  const submitted = await makeJob(calls, again.job, payload, headers, {
    key,
    again: stored.job.traceparent,
  });
  switch (submitted.kind) {
    case "stored":
    case "repeated":
      return { kind: "made", job: submitted.job, payload };
    case "key_reused":
      return refuse("wrong", "this was asked for before, with another payload; ask anew");
    case "full":
      return refuse("full", "the gateway holds as many jobs as it may; try again later");
    case "too_large": {
      const { bytes, maxBytes } = submitted;
      return refuse("too_large", `the job's message has ${bytes} bytes; ${maxBytes} are allowed`);
    }
  }
}
