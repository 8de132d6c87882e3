import { fingerprint } from "./identity.ts";
import { parseBranch } from "./lineage.ts";
import type { Route } from "./route.ts";

/** Names of the queues that end a message's way, where a setting says nothing. */
export const TERMINAL_QUEUES = {
  happyEnd: "happy-end",
  errorEnd: "error-end",
  deadLetter: "dead-letter-queue",
} as const;

/** Transport header that carries a failure beside a body that was too large to wrap. */
export const FAILURE_HEADER = "asya-failure";

/**
 * Transport header of a message whose trace is recorded: when it was published, in milliseconds since
 * the epoch, since a broker's own time may be one of whole seconds.
 */
export const SENT_HEADER = "asya-sent";

/**
 * Transport header of a message that was tried before and whose trace is recorded: the `traceparent`
 * of the work on that try, to which the work on the next one is linked.
 */
export const TRIED_HEADER = "asya-tried";

/**
 * Whether a text can name a queue: 1 to 255 bytes of printable UTF-8, not `amq.…`, no slash at
 * the ends and no `..` (a step's name is also a part of an object's key).
 *
 * @param name the text
 * @example
 * ```ts
 * import { isQueueName } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isQueueName("ocr-large"), true);
 * assert.equal(isQueueName("amq.rabbitmq.log"), false);
 * ```
 */
export function isQueueName(name: string): boolean {
  if (name === "" || /\p{Cc}|\p{Cs}/u.test(name)) return false;
  if (name.startsWith("amq.") || /^\/|\/$|\.\./.test(name)) return false;
  return new TextEncoder().encode(name).length <= 255;
}

/**
 * The key under which a terminal actor stores an outcome:
 * `{prefix}{yyyy-mm-dd}/{hh}/{last step}/{job id}[.{branch}].json`, in UTC.
 *
 * @param outcome `at` is when the job was created; `branch` its fan-out lineage
 * @example
 * ```ts
 * import { objectKey } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const route = { steps: ["ocr", "classify"], current: 2, metadata: {} };
 * const at = new Date("2026-03-04T05:06:07Z");
 * assert.equal(
 *   objectKey({ prefix: "asya-results/", at, route, jobId: "j1", branch: "/0:2:ab" }),
 *   "asya-results/2026-03-04/05/classify/j1.-0-2-ab.json",
 * );
 * ```
 */
export function objectKey(
  outcome: { prefix: string; at: Date; route: Route; jobId: string; branch?: string },
): string {
  const { prefix, at, route, jobId, branch } = outcome;
  const [date, time] = at.toISOString().split("T") as [string, string];
  const suffix = branch && parseBranch(branch) ? `.${branch.replaceAll(/[/:]/g, "-")}` : "";
  const folder = `${prefix}${date}/${time.slice(0, 2)}/${keyPart(lastStep(route))}`;
  return `${folder}/${keyPart(`${jobId || "unknown"}${suffix}`)}.json`;
}

/**
 * The step that a route's outcome is filed under: the latest one done, or the last of the route
 * when none is.
 *
 * @param route the route as a terminal queue received it
 * @example
 * ```ts
 * import { lastStep } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(lastStep({ steps: ["ocr", "classify"], current: 1, metadata: {} }), "ocr");
 * assert.equal(lastStep({ steps: ["ocr", "classify"], current: 0, metadata: {} }), "classify");
 * ```
 */
export function lastStep(route: Route): string {
  return route.steps[route.current > 0 ? route.current - 1 : route.steps.length - 1] ?? "unknown";
}

/** Bytes of one part of a key; a file's name has at most 255, and a store may add to ours. */
const MAX_PART_BYTES = 200;

/**
 * Keeps a name from leaving its place in a key (no separators, no parent folders, no half
 * characters) and within a file name's length. What is changed for that ends in a fingerprint of
 * the name, so that two names never share a key.
 */
function keyPart(given: string): string {
  const name = given || "unknown";
  const safe = name.replaceAll(/[/\\]|\.\.|^\.$|\p{Cc}|\p{Cs}/gu, "_");
  if (safe === name && new TextEncoder().encode(safe).length <= MAX_PART_BYTES) return safe;
  const head = new Uint8Array(MAX_PART_BYTES - 9);
  const { read } = new TextEncoder().encodeInto(safe, head);
  return `${safe.slice(0, read)}-${fingerprint(name)}`;
}
