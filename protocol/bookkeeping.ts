/**
 * What a route remembers for delivery: tries, when the first began, branches. It travels in the
 * route's metadata, under names of our own.
 *
 * @module
 */
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { parseBranch } from "./lineage.ts";
import type { Route } from "./route.ts";
import { isTime } from "./time.ts";

/**
 * What this toolkit carries with a message, in `route.metadata.asya`: the one place that every
 * implementation hands on.
 *
 * `attempt`, `deliveries`, `redeliveries`, `notBefore`, `wake`, `marker` and `empty` describe one step;
 * they are valid only while `at` equals `route.current`, and are gone once the message is sent on.
 */
export interface Bookkeeping {
  /** RFC 3339 time at which the job began. */
  readonly created?: string;
  /** RFC 3339 time at which the job is over. */
  readonly deadline?: string;
  /** Id of the job this one replays. */
  readonly replay?: string;
  /** Fan-out lineage, `"/0:3:ab12cd34/2:5:99ff00aa"` (see `lineage.ts`). */
  readonly branch?: string;
  /** Indices of the route's join steps. */
  readonly joins?: number[];
  /** How failed work is tried again, by step, as written (see `retry_policy.ts`). */
  readonly retry?: JsonObject;
  /** How its joins wait, by step, as written (see `join_options.ts`). */
  readonly join?: JsonObject;
  /** 1-based number of the try at the current step. */
  readonly attempt?: number;
  /** How often a runtime died while it held this message at the current step. */
  readonly deliveries?: number;
  /** How often a broker delivered this message again at the current step. */
  readonly redeliveries?: number;
  /** RFC 3339 time before which the current step must not see the message. */
  readonly notBefore?: string;
  /** Set on a message that a join sent itself, to look again later. */
  readonly wake?: boolean;
  /** Set on a message that only tells a join how a branch ended: `{branch, outcome}`. */
  readonly marker?: boolean;
  /** Set on an empty output of a fan-out: unlike any other message, its current step has run. */
  readonly empty?: boolean;
}

const PER_STEP = [
  "attempt",
  "deliveries",
  "redeliveries",
  "notBefore",
  "wake",
  "marker",
  "empty",
] as const;

const WIRE_NAMES: Readonly<Record<keyof Bookkeeping, string>> = {
  created: "created",
  deadline: "deadline",
  replay: "replay",
  branch: "branch",
  joins: "joins",
  retry: "retry",
  join: "join",
  attempt: "attempt",
  deliveries: "deliveries",
  redeliveries: "redeliveries",
  notBefore: "not_before",
  wake: "wake",
  marker: "marker",
  empty: "empty",
};

/**
 * Reads what is carried; fields of another step, or that are not what they should be, count as
 * absent.
 *
 * @param route the route whose `metadata.asya` to read
 * @example
 * ```ts
 * import { readBookkeeping } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { created: "2026-01-01T00:00:00Z", at: 0, attempt: 2 } };
 * assert.equal(readBookkeeping({ steps: ["a", "b"], current: 0, metadata }).attempt, 2);
 * assert.equal(readBookkeeping({ steps: ["a", "b"], current: 1, metadata }).attempt, undefined);
 * ```
 */
export function readBookkeeping(route: Route): Bookkeeping {
  const asya = carried(route);
  const perStep = asya.at === route.current ? asya : {};
  const found: { -readonly [K in keyof Bookkeeping]: Bookkeeping[K] } = {};
  const note = <K extends keyof Bookkeeping>(key: K, value: Bookkeeping[K]) => {
    if (value !== undefined) found[key] = value;
  };
  note("created", asTime(asya.created));
  note("deadline", asTime(asya.deadline));
  note("replay", asString(asya.replay));
  note("branch", asBranch(asya.branch));
  note("joins", asIndices(asya.joins));
  note("retry", isJsonObject(asya.retry) ? asya.retry : undefined);
  note("join", isJsonObject(asya.join) ? asya.join : undefined);
  note("attempt", asCount(perStep.attempt) || undefined);
  note("deliveries", asCount(perStep.deliveries));
  note("redeliveries", asCount(perStep.redeliveries));
  note("notBefore", asTime(perStep.not_before));
  note("wake", perStep.wake === true ? true : undefined);
  note("marker", perStep.marker === true ? true : undefined);
  note("empty", perStep.empty === true ? true : undefined);
  return found;
}

/**
 * A route whose bookkeeping has changed; what is not named stays, `undefined` removes.
 *
 * @param route the route to write on; per-step fields are written for its `current`
 * @param change the fields to set or, with `undefined`, to remove
 * @example
 * ```ts
 * import { writeBookkeeping } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const route = writeBookkeeping({ steps: ["a"], current: 0, metadata: {} }, { attempt: 2 });
 * assert.deepEqual(route.metadata, { asya: { at: 0, attempt: 2 } });
 * ```
 */
export function writeBookkeeping(route: Route, change: Partial<Bookkeeping>): Route {
  const asya = { ...(carried(route).at === route.current ? carried(route) : overall(route)) };
  for (const [key, value] of Object.entries(change)) {
    const name = WIRE_NAMES[key as keyof Bookkeeping];
    if (value !== undefined) asya[name] = value;
    else remove(asya, name);
  }
  remove(asya, "at");
  if (PER_STEP.some((key) => asya[WIRE_NAMES[key]] !== undefined)) asya.at = route.current;
  return withCarried(route, asya);
}

/**
 * A route without the fields that describe one step, as it is sent on to the next.
 *
 * @param route the route as the step received it, or already advanced
 * @example
 * ```ts
 * import { clearStepBookkeeping } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { created: "2026-01-01T00:00:00Z", at: 0, attempt: 2 } };
 * assert.deepEqual(clearStepBookkeeping({ steps: ["a"], current: 0, metadata }).metadata, {
 *   asya: { created: "2026-01-01T00:00:00Z" },
 * });
 * ```
 */
export function clearStepBookkeeping(route: Route): Route {
  return withCarried(route, overall(route));
}

function carried(route: Route): JsonObject {
  return isJsonObject(route.metadata.asya) ? route.metadata.asya : {};
}

function overall(route: Route): JsonObject {
  const asya = { ...carried(route) };
  for (const key of PER_STEP) remove(asya, WIRE_NAMES[key]);
  remove(asya, "at");
  return asya;
}

/** Removes a field that is there: to delete one that is not makes an object slow all the same. */
function remove(asya: JsonObject, name: string): void {
  if (name in asya) delete asya[name];
}

function withCarried(route: Route, asya: JsonObject): Route {
  const { asya: _, ...metadata } = route.metadata;
  return {
    ...route,
    metadata: Object.keys(asya).length > 0 ? { ...metadata, asya } : metadata,
  };
}

function asString(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function asTime(value: Json | undefined): string | undefined {
  return isTime(value) ? value : undefined;
}

function asBranch(value: Json | undefined): string | undefined {
  const branch = asString(value);
  return branch !== undefined && parseBranch(branch) ? branch : undefined;
}

function asCount(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function asIndices(value: Json | undefined): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const indices = value.map(asCount);
  return indices.every((index) => index !== undefined) ? indices : undefined;
}
