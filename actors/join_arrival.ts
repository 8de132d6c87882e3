import {
  createFailure,
  type Failure,
  type Json,
  type Message,
  parentBranch,
  parseBranch,
  readBookkeeping,
} from "@asya/protocol";
import { parseMarker } from "./join_marker.ts";
import type { Arrival, JoinGroup } from "./join_state.ts";

/** What a message in a join's queue means. */
export type JoinInput =
  /** One branch of a fan-out. */
  | { readonly kind: "branch"; readonly group: JoinGroup; readonly arrival: Arrival }
  /** A message that was never fanned out: there is nothing to wait for. */
  | { readonly kind: "single"; readonly payload: Json }
  /** A marker that names no branch. */
  | { readonly kind: "unreadable"; readonly failure: Failure };

/**
 * Says which branch of which fan-out a message brings to its join: of the latest one, since an
 * earlier one is another join's.
 *
 * @param message the message as the join received it
 * @example
 * ```ts
 * import { readJoinInput } from "./join_arrival.ts";
 * import { parseMessage } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { branch: "/1:2:aa/0:3:bb" } };
 * const parsed = parseMessage({
 *   job_id: "j1", route: { steps: ["split", "gather"], current: 1, metadata }, payload: 7,
 * });
 * assert.deepEqual(parsed.ok && readJoinInput(parsed.message), {
 *   kind: "branch",
 *   group: { jobId: "j1", stepIndex: 1, parent: "/1:2:aa", group: "bb", count: 3 },
 *   arrival: { index: 0, outcome: "arrived", payload: 7 },
 * });
 * ```
 */
export function readJoinInput(message: Message): JoinInput {
  const { jobId, route, payload } = message;
  const { branch: own, marker: isMarker } = readBookkeeping(route);
  const marker = isMarker ? parseMarker(payload) : undefined;
  if (isMarker && !marker) {
    const got = JSON.stringify(payload).slice(0, 200);
    const text = `a marker is ${got}; {branch, outcome: empty or failed} is allowed`;
    return { kind: "unreadable", failure: createFailure("malformed_message", text) };
  }
  const branch = marker?.branch ?? own;
  const segment = parseBranch(branch ?? "")?.at(-1);
  if (branch === undefined || !segment) return { kind: "single", payload };
  const { index, count, group } = segment;
  const parent = parentBranch(branch) ?? "";
  return {
    kind: "branch",
    group: { jobId, stepIndex: route.current, parent, group, count },
    arrival: marker
      ? {
        index,
        outcome: marker.outcome,
        ...(marker.error !== undefined && { error: marker.error }),
      }
      : { index, outcome: "arrived", payload },
  };
}
