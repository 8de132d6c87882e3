import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import type { Route } from "./route.ts";
import { readBookkeeping } from "./bookkeeping.ts";
import { MAX_DELAY_MS } from "./time.ts";

/** How a join waits, as far as a route says so; what it does not say is the join's own business. */
export interface JoinOptions {
  /** So many branches that end well are enough, 1 or more; of a smaller fan-out, all of them. */
  readonly quorum?: number;
  /** Whether the join goes on with its quorum at once, or waits for every branch to end. */
  readonly wait?: JoinWait;
  /** Milliseconds from the first branch's arrival until the join makes do with what is there. */
  readonly timeoutMs?: number;
  /** What becomes of a branch that comes when the join has gone on. */
  readonly late?: LateBranches;
  /** The step whose fan-out the join puts together, where fan-outs are nested. */
  readonly of?: string;
}

/** Until when a join waits: for its quorum, or for all branches. */
export const JOIN_WAITS = ["quorum", "all"] as const;

/** One of {@linkcode JOIN_WAITS}. */
export type JoinWait = (typeof JOIN_WAITS)[number];

/** What becomes of late branches: acknowledged and counted, or kept as dead letters. */
export const LATE_BRANCHES = ["drop", "dead-letter"] as const;

/** One of {@linkcode LATE_BRANCHES}. */
export type LateBranches = (typeof LATE_BRANCHES)[number];

/**
 * What a route says about one of its joins; what is not as it should be counts as absent.
 *
 * @param route the route, whose bookkeeping has it as `join`, by step
 * @param step the join's name
 * @example
 * ```ts
 * import { readJoinOptions } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { join: { gather: { quorum: 2, timeout_ms: 30_000 } } } };
 * const route = { steps: ["split", "gather"], current: 0, metadata };
 * assert.deepEqual(readJoinOptions(route, "gather"), { quorum: 2, timeoutMs: 30_000 });
 * assert.deepEqual(readJoinOptions(route, "split"), {});
 * ```
 */
export function readJoinOptions(route: Route, step: string): JoinOptions {
  const { join = {} } = readBookkeeping(route);
  const given = Object.hasOwn(join, step) ? join[step] : undefined;
  if (!isJsonObject(given)) return {};
  const { quorum, timeout_ms: timeoutMs, of } = given;
  const wait = JOIN_WAITS.find((word) => word === given.wait);
  const late = LATE_BRANCHES.find((word) => word === given.late);
  return {
    ...(isWithin(quorum, 1, Number.MAX_SAFE_INTEGER) && { quorum }),
    ...(wait !== undefined && { wait }),
    ...(isWithin(timeoutMs, 1, MAX_DELAY_MS) && { timeoutMs }),
    ...(late !== undefined && { late }),
    ...(typeof of === "string" && of !== "" && { of }),
  };
}

/**
 * The JSON of what a route says about one join.
 *
 * @param options what it says
 * @example
 * ```ts
 * import { joinOptionsToWire } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(joinOptionsToWire({ wait: "all", timeoutMs: 500 }), {
 *   wait: "all", timeout_ms: 500,
 * });
 * ```
 */
export function joinOptionsToWire(options: JoinOptions): JsonObject {
  const { timeoutMs, ...rest } = options;
  return { ...rest, ...(timeoutMs !== undefined && { timeout_ms: timeoutMs }) };
}

function isWithin(value: Json | undefined, least: number, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
