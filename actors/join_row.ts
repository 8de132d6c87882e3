import type { Json } from "@asya/protocol";
import type { Arrival } from "./join_state.ts";

/**
 * Any JSON as a row has it.
 *
 * @param value the value, if there is one
 */
export function textOf(value: Json | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/**
 * A branch as a row has it.
 *
 * @param row `idx`, `outcome`, and `payload` and `error` as JSON where there is one
 */
export function toArrival(row: Readonly<Record<string, unknown>>): Arrival {
  const { idx, outcome, payload, error } = row;
  return {
    index: Number(idx),
    outcome: outcome === "failed" || outcome === "empty" ? outcome : "arrived",
    ...(typeof payload === "string" && { payload: JSON.parse(payload) }),
    ...(typeof error === "string" && { error: JSON.parse(error) }),
  };
}
