import { readBookkeeping } from "./bookkeeping.ts";
import { FAILURE_CODES } from "./failure.ts";
import { isJsonObject, type JsonObject, showJson } from "./json.ts";
import type { Route } from "./route.ts";
import { isDelayMs, MAX_DELAY_MS } from "./time.ts";

/** How failed work of a step is tried again; what is left out is as error-end's settings say. */
export interface RetryPolicy {
  /** Tries in all, the first one included; 1 for no retry. */
  readonly attempts?: number;
  /** Milliseconds before the first retry. */
  readonly baseMs?: number;
  /** How many times as long each wait is as the one before it. */
  readonly factor?: number;
  /** Milliseconds that no wait exceeds, unless the failure itself asks for more. */
  readonly maxMs?: number;
  /** The share of each wait that is spread by chance, 0 to 1. */
  readonly jitter?: number;
  /** Codes of failures that are tried again whatever their severity. */
  readonly codes?: readonly string[];
}

/** Policies by the step they are for. */
export type RetryPolicies = Readonly<Record<string, RetryPolicy>>;

/** The keys of a policy as it is written, in files and in messages. */
export const RETRY_KEYS = ["attempts", "base", "factor", "max", "jitter", "codes"] as const;

/** One of {@linkcode RETRY_KEYS}. */
export type RetryKey = (typeof RETRY_KEYS)[number];

/** A written policy, and what becomes of what is wrong with it. */
export interface WrittenRetry {
  /** The value of a key; `undefined` where it is not given. */
  value(key: RetryKey): unknown;
  /**
   * Takes what is wrong.
   *
   * @param key whose value it is
   * @param allowed what is allowed there, in words
   * @param item the 0-based item of a list
   */
  refuse(key: RetryKey, allowed: string, item?: number): void;
  /** Reads a duration that is written as a text, in milliseconds; a number is seconds. */
  readDuration?(text: string): number | undefined;
  /** The known name that a text was probably meant to be. */
  nearestName?(text: string, names: readonly string[]): string | undefined;
}

/** The most tries that a policy may ask for. */
export const MAX_ATTEMPTS = 1_001;

const MAX_FACTOR = 100;

/** Failures that fail again whatever is waited for: no message, or no time left. */
const HOPELESS: readonly string[] = ["malformed_message", "deadline_exceeded"];

const CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/**
 * Reads a policy, wherever it is written. A code that nobody here knows is taken, since handlers in
 * other languages have codes of their own.
 *
 * @param written the policy; it is told of everything that is wrong with it
 * @returns what of it is right
 * @example
 * ```ts
 * import { type RetryKey, readRetryPolicy } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const given: Record<string, unknown> = { attempts: 5, base: 0.5, jitter: 7 };
 * const problems: string[] = [];
 * const policy = readRetryPolicy({
 *   value: (key: RetryKey) => given[key],
 *   refuse: (key, allowed) => problems.push(`${key}: ${allowed}`),
 * });
 * assert.deepEqual(policy, { attempts: 5, baseMs: 500 });
 * assert.deepEqual(problems, ["jitter: a number from 0 to 1"]);
 * ```
 */
export function readRetryPolicy(written: WrittenRetry): RetryPolicy {
  const numberWithin = (key: RetryKey, min: number, max: number, isWhole = false) => {
    const given = written.value(key);
    if (given === undefined) return undefined;
    const isRight = typeof given === "number" && given >= min && given <= max &&
      (!isWhole || Number.isInteger(given));
    if (isRight) return given;
    written.refuse(key, `a ${isWhole ? "whole " : ""}number from ${min} to ${max}`);
  };
  const duration = (key: RetryKey) => {
    const given = written.value(key);
    if (given === undefined) return undefined;
    const ms = typeof given === "string"
      ? written.readDuration?.(given)
      : typeof given === "number"
      ? given * 1_000
      : undefined;
    if (isDelayMs(ms)) return Math.round(ms);
    const units = written.readDuration ? ", or a duration such as 250ms, 5m or 1h30m" : "";
    written.refuse(key, `seconds from 0 to ${MAX_DELAY_MS / 1_000}${units}`);
  };
  const policy = {
    attempts: numberWithin("attempts", 1, MAX_ATTEMPTS, true),
    baseMs: duration("base"),
    factor: numberWithin("factor", 1, MAX_FACTOR),
    maxMs: duration("max"),
    jitter: numberWithin("jitter", 0, 1),
    codes: readCodes(written),
  };
  return withoutGaps(policy);
}

/**
 * A policy as it stands in a message: durations in seconds.
 *
 * @param policy the policy
 * @example
 * ```ts
 * import { retryToWire } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(retryToWire({ attempts: 5, baseMs: 500 }), { attempts: 5, base: 0.5 });
 * ```
 */
export function retryToWire(policy: RetryPolicy): JsonObject {
  const { attempts, baseMs, factor, maxMs, jitter, codes } = policy;
  return {
    ...(attempts !== undefined && { attempts }),
    ...(baseMs !== undefined && { base: baseMs / 1_000 }),
    ...(factor !== undefined && { factor }),
    ...(maxMs !== undefined && { max: maxMs / 1_000 }),
    ...(jitter !== undefined && { jitter }),
    ...(codes !== undefined && { codes: [...codes] }),
  };
}

/**
 * The policy that a message carries for a step. One that is wrong counts as none, so that a
 * producer's slip costs no message.
 *
 * @param route the message's route
 * @param step the step that failed
 * @returns the policy, empty where none is carried, and everything that is wrong with it
 * @example
 * ```ts
 * import { retryPolicyOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { retry: { ocr: { attempts: 5 }, store: { attempts: "many" } } } };
 * const route = { steps: ["ocr", "store"], current: 0, metadata };
 * assert.deepEqual(retryPolicyOf(route, "ocr"), { policy: { attempts: 5 }, problems: [] });
 * assert.deepEqual(retryPolicyOf(route, "store"), {
 *   policy: {},
 *   problems: ['retry.store.attempts is "many"; a whole number from 1 to 1001 is allowed'],
 * });
 * ```
 */
export function retryPolicyOf(
  route: Route,
  step: string,
): { readonly policy: RetryPolicy; readonly problems: readonly string[] } {
  const { retry } = readBookkeeping(route);
  if (retry === undefined || !Object.hasOwn(retry, step)) return { policy: {}, problems: [] };
  const given = retry[step];
  const name = `retry.${step}`;
  if (!isJsonObject(given)) {
    return { policy: {}, problems: [`${name} is ${showJson(given)}; an object is allowed`] };
  }
  const problems: string[] = [];
  const policy = readRetryPolicy({
    value: (key) => given[key] ?? undefined,
    refuse(key, allowed, item) {
      const value = given[key];
      const wrong = Array.isArray(value) && item !== undefined ? value[item] : value;
      const place = `${name}.${key}${item === undefined ? "" : `[${item}]`}`;
      problems.push(`${place} is ${showJson(wrong)}; ${allowed} is allowed`);
    },
  });
  return { policy: problems.length > 0 ? {} : policy, problems };
}

function readCodes(written: WrittenRetry): readonly string[] | undefined {
  const given = written.value("codes");
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) {
    written.refuse("codes", "a list of failures' codes");
    return undefined;
  }
  const known = FAILURE_CODES.filter((code) => !HOPELESS.includes(code));
  return given.filter((code: unknown, index): code is string => {
    const isCode = typeof code === "string" && CODE.test(code) && !HOPELESS.includes(code);
    const meant = isCode && !known.some((name) => name === code)
      ? written.nearestName?.(code, known)
      : undefined;
    if (isCode && meant === undefined) return true;
    written.refuse(
      "codes",
      meant ?? `the code of a failure: ${known.join(", ")}, or one's own`,
      index,
    );
    return false;
  });
}

function withoutGaps(
  policy: { [K in keyof RetryPolicy]: RetryPolicy[K] | undefined },
): RetryPolicy {
  return Object.fromEntries(
    Object.entries(policy).filter(([, value]) => value !== undefined),
  ) as RetryPolicy;
}
