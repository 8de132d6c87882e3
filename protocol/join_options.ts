import { readBookkeeping } from "./bookkeeping.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { MAX_FAN_OUT } from "./lineage.ts";
import type { Route } from "./route.ts";
import { MAX_DELAY_MS } from "./time.ts";

/** How a join waits; what is left out is the join's own business. */
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

/** The keys of a join's options as they are written, in files and in messages. */
export const JOIN_KEYS = ["quorum", "wait", "timeout", "late", "of"] as const;

/** One of {@linkcode JOIN_KEYS}. */
export type JoinKey = (typeof JOIN_KEYS)[number];

/** Written options, and what becomes of what is wrong with them. */
export interface WrittenJoin {
  /** The value of a key; `undefined` where it is not given. */
  value(key: JoinKey): unknown;
  /** Takes what is wrong: whose value it is, and what is allowed there, in words. */
  refuse(key: JoinKey, allowed: string): void;
  /** Reads a duration that is written as a text, in milliseconds; a number is seconds. */
  readDuration?(text: string): number | undefined;
}

/**
 * Reads how a join waits, wherever it is written.
 *
 * @param written the options; they are told of everything that is wrong with them
 * @returns what of them is right
 * @example
 * ```ts
 * import { type JoinKey, readJoin } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const given: Record<string, unknown> = { quorum: 2, timeout: 0.5, late: "keep" };
 * const problems: string[] = [];
 * const options = readJoin({
 *   value: (key: JoinKey) => given[key],
 *   refuse: (key, allowed) => problems.push(`${key}: ${allowed}`),
 * });
 * assert.deepEqual(options, { quorum: 2, timeoutMs: 500 });
 * assert.deepEqual(problems, ["late: drop or dead-letter"]);
 * ```
 */
export function readJoin(written: WrittenJoin): JoinOptions {
  const read = <T>(key: JoinKey, parse: (given: unknown) => T | undefined, allowed: string) => {
    const given = written.value(key);
    if (given === undefined) return undefined;
    const value = parse(given);
    if (value === undefined) written.refuse(key, allowed);
    return value;
  };
  const quorum = read("quorum", asQuorum, `a whole number from 1 to ${MAX_FAN_OUT}`);
  const wait = read("wait", asOneOf(JOIN_WAITS), JOIN_WAITS.join(" or "));
  const units = written.readDuration ? ", or a duration such as 250ms, 5m or 1h30m" : "";
  const timeoutMs = read(
    "timeout",
    (given) =>
      asTimeout(typeof given === "string" ? written.readDuration?.(given) : seconds(given)),
    `seconds above 0, at most ${MAX_DELAY_MS / 1_000}${units}`,
  );
  const late = read("late", asOneOf(LATE_BRANCHES), LATE_BRANCHES.join(" or "));
  const of = read("of", asText, "the name of an earlier step");
  return {
    ...(quorum !== undefined && { quorum }),
    ...(wait !== undefined && { wait }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(late !== undefined && { late }),
    ...(of !== undefined && { of }),
  };
}

/**
 * What a message says about one of its route's joins; what is not as it should be counts as absent,
 * so that a producer's slip costs no message.
 *
 * @param route the message's route, whose bookkeeping has it as `join`, by step
 * @param step the join's name
 * @example
 * ```ts
 * import { joinOptionsOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { join: { gather: { quorum: 2, timeout: 30 } } } };
 * const route = { steps: ["split", "gather"], current: 0, metadata };
 * assert.deepEqual(joinOptionsOf(route, "gather"), { quorum: 2, timeoutMs: 30_000 });
 * assert.deepEqual(joinOptionsOf(route, "split"), {});
 * ```
 */
export function joinOptionsOf(route: Route, step: string): JoinOptions {
  const { join = {} } = readBookkeeping(route);
  const given = Object.hasOwn(join, step) ? join[step] : undefined;
  if (!isJsonObject(given)) return {};
  return readJoin({ value: (key) => given[key] ?? undefined, refuse() {} });
}

/**
 * A join's options as they stand in a message: durations in seconds.
 *
 * @param options the options
 * @example
 * ```ts
 * import { joinToWire } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(joinToWire({ wait: "all", timeoutMs: 500 }), { wait: "all", timeout: 0.5 });
 * ```
 */
export function joinToWire(options: JoinOptions): JsonObject {
  const { timeoutMs, ...rest } = options;
  return { ...rest, ...(timeoutMs !== undefined && { timeout: timeoutMs / 1_000 }) };
}

function asQuorum(given: unknown): number | undefined {
  const isRight = typeof given === "number" && Number.isInteger(given) && given >= 1 &&
    given <= MAX_FAN_OUT;
  return isRight ? given : undefined;
}

function seconds(given: unknown): number | undefined {
  return typeof given === "number" ? given * 1_000 : undefined;
}

function asTimeout(ms: number | undefined): number | undefined {
  const rounded = ms === undefined ? NaN : Math.round(ms);
  return rounded >= 1 && rounded <= MAX_DELAY_MS ? rounded : undefined;
}

function asOneOf<const W extends string>(words: readonly W[]): (given: unknown) => W | undefined {
  return (given) => words.find((word) => word === given);
}

function asText(given: unknown): string | undefined {
  return typeof given === "string" && given !== "" ? given : undefined;
}
