import { isJsonObject, type Json, kindOf } from "@asya/protocol";

/** From where and with what to replay a job, or what is wrong with the wish. */
export type ParsedReplay =
  | { readonly ok: true; readonly fromStep: number; readonly payload?: Json }
  | { readonly ok: false; readonly problem: string };

/**
 * Parses the wish for a replay.
 *
 * @param value parsed JSON; an empty object replays from the start
 */
export function parseReplay(value: Json): ParsedReplay {
  if (!isJsonObject(value)) {
    return { ok: false, problem: `the body is ${kindOf(value)}; an object is allowed` };
  }
  const { from_step: fromStep = 0, payload } = value;
  if (typeof fromStep !== "number" || !Number.isInteger(fromStep)) {
    return { ok: false, problem: `from_step is ${kindOf(fromStep)}; an integer is allowed` };
  }
  return { ok: true, fromStep, ...(payload !== undefined && { payload }) };
}
