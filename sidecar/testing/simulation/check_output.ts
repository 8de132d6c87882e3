import {
  type Bookkeeping,
  clearStepBookkeeping,
  isJsonObject,
  isOwnMessageId,
  type Json,
  type JsonObject,
  type Message,
  messageIdOf,
  parseJson,
  parseMessage,
  readBookkeeping,
  toWire,
} from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { ExpectedOutput } from "./answers.ts";
import type { Hold } from "./case_file.ts";
import type { Rules } from "./rules.ts";

/** The longest wait that a queue offers, in milliseconds. */
const LONGEST_DELAY_MS = 3_600_000;

/**
 * Says what is wrong with a message that was made from another one.
 *
 * @param outgoing the message as it was published
 * @param hold the input
 * @param expected what its handler wanted
 * @param ordinal its place among all that were made from that input
 * @param rules what the sidecar was told
 * @returns the first thing that is wrong, if any
 */
export function checkOutput(
  outgoing: Outgoing,
  hold: Hold,
  expected: ExpectedOutput,
  ordinal: number,
  rules: Rules,
): string | undefined {
  const input = hold.message;
  const parsed = parseMessage(outgoing.body);
  if (!input || !parsed.ok) return "it is no message";
  const output = parsed.message;
  const isEmptyBranch = expected.payload === null;
  const { steps, current } = input.route;
  const wantedSteps = expected.steps ?? steps;
  const wantedCurrent = isEmptyBranch ? current : current + 1;
  const to = expected.to ?? wantedSteps[wantedCurrent] ?? rules.policy.happyEnd;
  const [was, is] = [readBookkeeping(input.route), readBookkeeping(output.route)];
  const wanted: [string, Json | undefined, Json | undefined][] = [
    ["queue", outgoing.queue, to],
    ["payload", output.payload, expected.payload],
    ["steps", [...output.route.steps], [...wantedSteps]],
    ["current", output.route.current, wantedCurrent],
    ["spelling", { ...output.spelling }, { ...input.spelling }],
    ["headers", output.headers, expected.headers ?? input.headers],
    ["other fields", output.extra, input.extra],
    ["metadata", { ...output.route.metadata, asya: null }, {
      ...input.route.metadata,
      asya: null,
    }],
    ["deadline", is.deadline, was.deadline],
    ["joins", is.joins, was.joins],
    ["counts", countsOf(is), [null, null, null]],
    ["delay", outgoing.delayMs ?? 0, Math.min(LONGEST_DELAY_MS, expected.delayMs ?? 0)],
    ["not_before", is.notBefore !== undefined, (expected.delayMs ?? 0) > LONGEST_DELAY_MS],
  ];
  const { happyEnd, allowedSteps } = rules.policy;
  const isAllowed = to === happyEnd || (allowedSteps?.has(to) ?? true);
  if (!isAllowed) return `${to} is not allowed`;
  for (const [what, got, want] of wanted) {
    if (!isSame(got, want)) return `${what} is ${show(got)}, not ${show(want)}`;
  }
  return checkOrigin(outgoing, hold, ordinal, output) ?? checkBranch(is.branch, was, expected);
}

/**
 * Says what is wrong with a message that goes to happy-end as it was received.
 *
 * @param outgoing the message as it was published
 * @param hold the input
 * @param rules what the sidecar was told
 */
export function checkAsReceived(outgoing: Outgoing, hold: Hold, rules: Rules): string | undefined {
  const parsed = parseMessage(outgoing.body);
  if (!parsed.ok || !hold.message) return "it is no message";
  if (outgoing.queue !== rules.policy.happyEnd) return `it goes to ${outgoing.queue}`;
  const wanted = withoutOurs({
    ...hold.message,
    jobId: hold.message.jobId || parsed.message.jobId,
    route: clearStepBookkeeping(hold.message.route),
  });
  const got = withoutOurs(parsed.message);
  if (!isSame(got, wanted)) return `it is ${show(got)}, not ${show(wanted)}`;
  return checkOrigin(outgoing, hold, 0, parsed.message);
}

/**
 * Whether two bodies are the same message, but for how often it was tried.
 *
 * @param one a body
 * @param other another one
 */
export function isSameButCounts(one: Uint8Array, other: Uint8Array): boolean {
  const [first, second] = [bare(one), bare(other)];
  return first !== undefined && isSame(first, second);
}

/** Whether two values are the same JSON. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length &&
      one.every((item, index) => isSame(item, other[index]));
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(one[name], other[name]));
}

/** Whose it is, and which: the same work gives the same ids. */
function checkOrigin(
  outgoing: Outgoing,
  { message, delivery }: Hold,
  ordinal: number,
  output: Message,
): string | undefined {
  if (output.jobId === "") return "it has no job";
  if (message?.jobId && output.jobId !== message.jobId) return `its job is ${output.jobId}`;
  if (readBookkeeping(output.route).created === undefined) return "it has no time of creation";
  if (outgoing.headers?.traceparent !== "00-1-2-03") return "it lost its trace";
  const { messageId } = delivery;
  if (!isOwnMessageId(outgoing.messageId)) return `its id is ${outgoing.messageId}`;
  if (!isOwnMessageId(messageId)) return undefined;
  const attempt = message && readBookkeeping(message.route).attempt || 1;
  const origin = { input: messageId, attempt, destination: outgoing.queue, ordinal };
  return outgoing.messageId === messageIdOf(origin) ? undefined : "its id is another one";
}

function checkBranch(
  branch: string | undefined,
  was: Bookkeeping,
  { place, isJoined }: ExpectedOutput,
): string | undefined {
  const parent = was.branch ?? "";
  if (place) {
    const [index, count] = place;
    return branch?.startsWith(`${parent}/${index}:${count}:`) ? undefined : `its branch: ${branch}`;
  }
  const wanted = isJoined ? parent.slice(0, Math.max(0, parent.lastIndexOf("/"))) : parent;
  return (branch ?? "") === wanted ? undefined : `its branch is ${branch}, not ${wanted}`;
}

function countsOf({ attempt, deliveries, redeliveries }: Bookkeeping): Json {
  return [attempt ?? null, deliveries ?? null, redeliveries ?? null];
}

/** A message without what says how often it was tried, nor when it was made, nor whose it is. */
function bare(body: Uint8Array): JsonObject | undefined {
  const parsed = parseMessage(body);
  return parsed.ok ? { ...withoutOurs({ ...parsed.message, jobId: "" }) } : undefined;
}

function withoutOurs(message: Message): JsonObject {
  const { asya: _, ...metadata } = message.route.metadata;
  return toWire({ ...message, route: { ...message.route, metadata } });
}

function show(value: Json | undefined): string {
  return String(JSON.stringify(value)).slice(0, 200);
}

/** The JSON of a body, where it is an object. */
export function objectOf(body: Uint8Array): JsonObject | undefined {
  const json = parseJson(body);
  return json.ok && isJsonObject(json.value) ? json.value : undefined;
}
