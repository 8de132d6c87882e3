import type { InstanceExit } from "@asya/protocol/session";
import type { Ledger, LedgerCall } from "./ledger.ts";

/** An event loop that has not turned for so long, while calls are in the handler, is blocked. */
export const BLOCKED_AFTER_MS = 500;

/** Time a process gets beyond the moment at which it said it would be gone. */
const EXIT_GRACE_MS = 2_000;

/** Why a process that runs the handler has to be ended from outside. */
export type Verdict = "blocked" | "overdue" | undefined;

/**
 * Says whether the process must be ended: its event loop is blocked while a call's time is over, or
 * it is still there long after it meant to be gone. Nothing inside it can help in either case.
 *
 * @param ledger what it last said of itself
 * @param nowMs milliseconds since the epoch
 * @example
 * ```ts
 * import { judge } from "./judge.ts";
 * import assert from "node:assert/strict";
 * const call = { session: 1, call: 1, stage: "entered", deadlineMs: 2_000 } as const;
 * const ledger = {
 *   pid: 7, instance: "i1", phase: "running", aliveMs: 1_000, exitByMs: 0, onlySession: 1,
 *   calls: [call],
 * } as const;
 * assert.equal(judge(ledger, 1_900), undefined);
 * assert.equal(judge(ledger, 2_100), "blocked");
 * ```
 */
export function judge(ledger: Ledger, nowMs: number): Verdict {
  if (ledger.phase === "closed") return undefined;
  if (ledger.exitByMs > 0 && nowMs > ledger.exitByMs + EXIT_GRACE_MS) return "overdue";
  if (nowMs - ledger.aliveMs < BLOCKED_AFTER_MS) return undefined;
  return ledger.calls.some((call) => call.deadlineMs < nowMs) ? "blocked" : undefined;
}

/**
 * The calls that are certainly to blame for the end of a process, by their numbers.
 *
 * Certain is: the only call in the handler, or the one inside its synchronous part, since nothing
 * else can run meanwhile. Not so for memory, which any of the calls may have used up, nor for a
 * timeout when that call still had time. Those that did not stop when they were told to are why a
 * process had to begin anew. A number means something only within its session: so a call is named
 * only if its session was the only one that was open.
 *
 * @param ledger what the process last said of itself
 * @param reason how it ended
 * @param nowMs milliseconds since the epoch of its end
 * @example
 * ```ts
 * import { blame } from "./judge.ts";
 * import assert from "node:assert/strict";
 * const call = { session: 1, call: 7, stage: "entered", deadlineMs: 2_000 } as const;
 * const other = { ...call, call: 8, stage: "awaited" } as const;
 * const ledger = {
 *   pid: 7, instance: "i1", phase: "running", aliveMs: 1_000, exitByMs: 0, onlySession: 1,
 *   calls: [call, other],
 * } as const;
 * assert.deepEqual(blame(ledger, "exit", 1_900), [7]);
 * assert.deepEqual(blame(ledger, "oom", 1_900), []);
 * ```
 */
export function blame(ledger: Ledger, reason: InstanceExit["reason"], nowMs: number): number[] {
  return suspects(ledger, reason, nowMs)
    .filter((call) => call.session !== 0 && call.session === ledger.onlySession)
    .map((call) => call.call);
}

function suspects(
  ledger: Ledger,
  reason: InstanceExit["reason"],
  nowMs: number,
): readonly LedgerCall[] {
  const { calls } = ledger;
  const entered = calls.find((call) => call.stage === "entered");
  if (reason === "timeout") {
    if (ledger.phase === "recycling") return calls.filter((call) => call.stage === "abandoned");
    const blocking = entered ?? (calls.length === 1 ? calls[0] : undefined);
    return blocking && blocking.deadlineMs < nowMs ? [blocking] : [];
  }
  if (calls.length === 1) return calls;
  return entered && reason !== "oom" ? [entered] : [];
}
