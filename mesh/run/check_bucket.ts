import { TERMINAL_QUEUES } from "@asya/protocol";
import { planSettingsCheck } from "../plan/plan_check.ts";
import type { MeshPlan } from "../plan/plan.ts";
import type { Toolkit } from "../plan/toolkit.ts";
import { runChild } from "./run_child.ts";

/** A start is held up by the check for no longer. */
const PATIENCE_MS = 10_000;

/**
 * Finds what is wrong with the settings that lead to a bucket, where outcomes go to one: the actors
 * that store them would end at their start, and again at each further one.
 *
 * @param plan what is about to be started
 * @param toolkit where the programs are
 * @returns the problems, one sentence each
 */
export async function checkBucket(plan: MeshPlan, toolkit: Toolkit): Promise<readonly string[]> {
  const { happyEnd, errorEnd } = TERMINAL_QUEUES;
  // Both are told the same.
  const store = plan.processes.find(({ program, unit, env }) =>
    program === "runtime" && [happyEnd, errorEnd].some((name) => name === unit) &&
    env.ASYA_S3_BUCKET !== undefined
  );
  if (!store) return [];
  const check = planSettingsCheck(store, toolkit);
  const command = { command: Deno.execPath(), ...check };
  const { code, err } = await runChild(command, AbortSignal.timeout(PATIENCE_MS));
  // Who gives no answer in time gets to say it when it is started.
  return code === undefined || code === 0 ? [] : err;
}
