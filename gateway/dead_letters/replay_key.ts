import { createHash } from "node:crypto";
import type { JobKey } from "../jobs/stored_job.ts";
import { canonicalJson } from "../tools/canonical_json.ts";
import type { ReplayWish } from "./plan_replay.ts";

/**
 * By what the job of a replay is known: the letter, and the way in which it is replayed. A gateway
 * that ends between the storing of the job and the letter's removal makes no second job of it.
 *
 * @param letterId the letter
 * @param wish from where and with what
 */
export function replayKeyOf(letterId: string, { fromStep, payload }: ReplayWish): JobKey {
  const way = {
    letter: letterId,
    ...(fromStep !== undefined && { fromStep }),
    ...(payload !== undefined && { payload }),
  };
  const digest = createHash("sha256").update(canonicalJson(way)).digest("base64url");
  return { id: `dead letter ${digest}`, digest };
}
