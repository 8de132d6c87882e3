import {
  anything,
  count,
  type Json,
  object,
  optional,
  type ReadResult,
  readWith,
} from "@asya/protocol";

/** From where and with what to replay a job. */
export interface Replay {
  readonly fromStep?: number | undefined;
  readonly payload?: Json | undefined;
}

/** Reads the wish for a replay. */
export const replaySchema = object({
  fromStep: optional(count(0, "0-based step of the whole route to begin with; 0 without it")),
  payload: anything(
    "what that step gets; may only be missing for step 0 of a job that began there",
  ),
}, { description: "From where and with what to begin again; further fields are ignored." });

/** Reads the wish for a replay of a dead letter. */
export const letterReplaySchema = object({
  fromStep: optional(
    count(0, "0-based step of the whole route to begin with; the one that failed without it"),
  ),
  payload: anything(
    "what that step gets; may only be missing for the step that failed, which gets what it got, " +
      "and for step 0 of a job that is known",
  ),
}, { description: "From where and with what to begin again; further fields are ignored." });

/**
 * Parses the wish for a replay.
 *
 * @param value parsed JSON; an empty object replays from the start
 */
export function parseReplay(value: Json): ReadResult<Replay> {
  return readWith(replaySchema, value, "the body");
}
