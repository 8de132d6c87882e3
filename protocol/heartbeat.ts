import type { JsonObject } from "./json.ts";
import { lineage } from "./lineage_schema.ts";
import {
  choice,
  convert,
  count,
  object,
  optionalOrNull,
  optionalText,
  type ReadResult,
  readWith,
  type Schema,
} from "./schema.ts";

/** The states an actor without steps reports. */
export const HEARTBEAT_STATUSES = ["picked_up", "processing", "completed", "error"] as const;

/** A sign of life from an actor. */
export interface Heartbeat {
  /** Name of the actor; `""` where it says none. */
  readonly actorName: string;
  /** What the actor does with the job; `error` does not end it. */
  readonly status: (typeof HEARTBEAT_STATUSES)[number];
  /** A sentence for a person; `""` when there is nothing to say. */
  readonly message: string;
  /** 0-based position of the actor's step in the route, where it knows it. */
  readonly stepIndex?: number;
  /** Fan-out lineage of the message that it is about (see `lineage.ts`). */
  readonly branch?: string;
  /** How that branch ended, where a join, and no report, decides what becomes of its job. */
  readonly branchOutcome?: "failed";
}

/** Reads a heartbeat; fields it does not know are ignored. */
export const heartbeatSchema: Schema<Heartbeat> = convert(
  object({
    actorName: optionalText("the actor"),
    status: choice(HEARTBEAT_STATUSES, "what the actor does with the job; error does not end it"),
    message: optionalText("a sentence for a person"),
    stepIndex: optionalOrNull(count(0, "0-based position of the actor's step in the route")),
    branch: lineage,
    branchOutcome: optionalOrNull(
      choice(["failed"], "the branch was given up; its join decides what becomes of the job"),
    ),
  }, { description: "A sign of life from an actor; further fields are ignored." }),
  ({ actorName = "", message = "", ...given }) => ({ ...given, actorName, message }),
);

/**
 * Parses a heartbeat.
 *
 * @param value parsed JSON
 * @example
 * ```ts
 * import { parseHeartbeat } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(parseHeartbeat({ actor_name: "ocr", status: "picked_up" }).ok, true);
 * assert.equal(parseHeartbeat({ actor_name: "ocr", status: "asleep" }).ok, false);
 * ```
 */
export function parseHeartbeat(value: unknown): ReadResult<Heartbeat> {
  return readWith(heartbeatSchema, value, "the report");
}

/**
 * The JSON of a heartbeat.
 *
 * @param heartbeat the sign of life
 * @example
 * ```ts
 * import { type Heartbeat, heartbeatToWire, parseHeartbeat } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const beat: Heartbeat = { actorName: "ocr", status: "error", message: "busy", stepIndex: 2 };
 * assert.deepEqual(parseHeartbeat(heartbeatToWire(beat)), { ok: true, value: beat });
 * ```
 */
export function heartbeatToWire(heartbeat: Heartbeat): JsonObject {
  const { actorName, status, message, stepIndex, branch, branchOutcome } = heartbeat;
  return {
    actor_name: actorName,
    status,
    message,
    ...(stepIndex !== undefined && { step_index: stepIndex }),
    ...(branch !== undefined && { branch }),
    ...(branchOutcome !== undefined && { branch_outcome: branchOutcome }),
  };
}
