import {
  clearStepBookkeeping,
  isJsonObject,
  type Json,
  type JsonObject,
  type Message,
  parentBranch,
  parseBranch,
  readBookkeeping,
  toWire,
  writeBookkeeping,
} from "@asya/protocol";
import type { OutgoingSend } from "@asya/runtime";
import { ownJoin } from "./own_join.ts";

/** What a join is told about a branch that will never bring it a payload. */
export interface JoinMarker {
  /** Fan-out lineage of the branch. */
  readonly branch: string;
  /** `empty`: it ended early, on purpose; `failed`: it was given up. */
  readonly outcome: "empty" | "failed";
  /** Why it failed, in a sentence. */
  readonly error?: string;
}

/** A send of a whole message. */
export type MessageSend = OutgoingSend & { readonly message: JsonObject };

/**
 * The branch whose end a message's end means: its own, but when it ends at a join, the whole group
 * that the join was to put together, so the branch before the fan-out.
 *
 * @param message the message that ended, as its last step received it
 * @returns a lineage, or `undefined` when it is the whole job
 * @example
 * ```ts
 * import { endedBranch } from "./join_marker.ts";
 * import { parseMessage } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { branch: "/0:2:ab", joins: [1] } };
 * const body = (current: number) => ({ route: { steps: ["a", "b"], current, metadata }, payload: 1 });
 * const [before, at] = [parseMessage(body(0)), parseMessage(body(1))];
 * assert.equal(before.ok && endedBranch(before.message), "/0:2:ab");
 * assert.equal(at.ok && endedBranch(at.message), undefined);
 * ```
 */
export function endedBranch(message: Message): string | undefined {
  const { branch, joins = [] } = readBookkeeping(message.route);
  if (branch === undefined) return undefined;
  return joins.includes(message.route.current) ? parentBranch(branch) : branch;
}

/**
 * The marker that tells the join where its siblings meet how a branch ended, instead of a report to
 * the gateway: the join decides what becomes of the job.
 *
 * @param message the message that ended, as its last step received it
 * @param end how it ended
 * @returns the send, or `undefined` when no join waits for it
 */
export function createMarker(
  message: Message,
  end: Omit<JoinMarker, "branch">,
): MessageSend | undefined {
  const { route } = message;
  const branch = endedBranch(message);
  const current = branch === undefined ? undefined : ownJoin(route, branch);
  if (branch === undefined || current === undefined) return undefined;
  const marker = { ...clearStepBookkeeping(route), current };
  const payload = { branch, ...end };
  return {
    queue: route.steps[current]!,
    message: toWire({
      ...message,
      route: writeBookkeeping(marker, { branch, marker: true }),
      payload,
    }),
  };
}

/**
 * Reads the payload of a marker.
 *
 * @param payload the payload of a message whose bookkeeping says `marker`
 * @returns `undefined` when it is none
 * @example
 * ```ts
 * import { parseMarker } from "./join_marker.ts";
 * import assert from "node:assert/strict";
 * const marker = { branch: "/0:2:ab", outcome: "failed", error: "no text found" } as const;
 * assert.deepEqual(parseMarker({ ...marker }), marker);
 * assert.equal(parseMarker({ branch: "0", outcome: "failed" }), undefined);
 * ```
 */
export function parseMarker(payload: Json): JoinMarker | undefined {
  if (!isJsonObject(payload)) return undefined;
  const { branch, outcome, error } = payload;
  if (typeof branch !== "string" || !parseBranch(branch)?.length) return undefined;
  if (outcome !== "empty" && outcome !== "failed") return undefined;
  return { branch, outcome, ...(typeof error === "string" && { error }) };
}
