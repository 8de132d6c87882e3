import type { InstanceExit } from "@asya/protocol/session";
import { classifyExit, type ObservedExit } from "./classify_exit.ts";
import { blame } from "./judge.ts";
import type { Ledger } from "./ledger.ts";

/** The end of a handler's process. */
export interface ChildEnd {
  readonly observed: ObservedExit;
  /** What it last said of itself; `undefined` when it never came so far. */
  readonly ledger: Ledger | undefined;
}

/**
 * What sidecars are told about the end of a process that was seen. Of a clean one nobody is to blame.
 *
 * @param instance its identity on the wire
 * @param end what was seen
 * @param nowMs milliseconds since the epoch
 * @example
 * ```ts
 * import { recordEnd } from "./exit_record.ts";
 * import assert from "node:assert/strict";
 * const observed = { code: 0, errorText: "", phase: "closed" } as const;
 * assert.deepEqual(recordEnd("i1", { observed, ledger: undefined }, 0), {
 *   instance: "i1", reason: "exit", code: 0, at: "1970-01-01T00:00:00.000Z", culprits: [],
 * });
 * ```
 */
export function recordEnd(
  instance: string,
  { observed, ledger }: ChildEnd,
  nowMs: number,
): InstanceExit {
  const kind = classifyExit(observed);
  if (kind === "clean") return cleanEnd(instance, nowMs);
  const culprits = ledger ? blame(ledger, kind.reason, nowMs) : [];
  return { instance, ...kind, at: isoTime(nowMs), ...(culprits.length > 0 && { culprits }) };
}

/**
 * What sidecars are told about the end of a process that nobody saw, from what it last said itself.
 *
 * @param ledger what it left behind
 * @param nowMs milliseconds since the epoch
 */
export function recordUnseenEnd({ instance, phase }: Ledger, nowMs: number): InstanceExit {
  if (phase === "closed") return cleanEnd(instance, nowMs);
  return { instance, reason: "killed", at: isoTime(nowMs) };
}

function cleanEnd(instance: string, nowMs: number): InstanceExit {
  return { instance, reason: "exit", code: 0, at: isoTime(nowMs), culprits: [] };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
