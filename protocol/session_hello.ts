import { isJsonObject, type Json, parseJson } from "./json.ts";
import { isCount, type Parsed, refuseFrame } from "./parsed_frame.ts";

/** What opens a session: deliberately not JSON, so that an older host refuses it untouched. */
export const HELLO_PREFIX = "ASYA/1 ";

/** The session version this code speaks. */
export const SESSION_VERSION = 1;

/** Optional abilities either side of a session may name. */
export type SessionFeature = "progress" | "cancel" | "measures";

/** How one instance of a handler's process ended. */
export interface InstanceExit {
  /** Identity of the process, as its hello said it. */
  readonly instance: string;
  /** What ended it; `killed` also where it left no word, `timeout` where a call blocked it. */
  readonly reason: "oom" | "signal" | "exit" | "killed" | "timeout";
  /** Exit code or signal number, where there is one. */
  readonly code?: number;
  /** RFC 3339 time of the end. */
  readonly at: string;
  /** Calls that are to blame, where that is certain: an empty list says that none is. */
  readonly culprits?: number[];
}

/** What a client says first. */
export interface ClientHello {
  /** The session version it speaks (see {@linkcode SESSION_VERSION}). */
  readonly version: number;
  /** Optional abilities it has; unknown ones are to be ignored. */
  readonly features: string[];
}

/** What a host that knows sessions answers. */
export interface HostHello extends ClientHello {
  /** Identity of the process that hosts the handler; another one after every restart. */
  readonly instance: string;
  /** How many calls the host works on at a time. */
  readonly concurrency: number;
  /** How earlier instances ended, oldest first. */
  readonly exits: InstanceExit[];
}

const encoder = new TextEncoder();
const helloBytes = encoder.encode(HELLO_PREFIX);

/**
 * The body of a hello frame.
 *
 * @param hello what to say
 * @example
 * ```ts
 * import { encodeHello, isHello } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const body = encodeHello({ version: 1, features: ["progress"] });
 * assert.equal(isHello(body), true);
 * ```
 */
export function encodeHello(hello: ClientHello | HostHello): Uint8Array {
  return encoder.encode(HELLO_PREFIX + JSON.stringify(hello));
}

/**
 * Whether a frame's body opens (or answers) a session.
 *
 * @param body a frame's body
 * @example
 * ```ts
 * import { isHello } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isHello(new TextEncoder().encode("{}")), false);
 * ```
 */
export function isHello(body: Uint8Array): boolean {
  return body.length >= helloBytes.length && helloBytes.every((byte, i) => body[i] === byte);
}

/**
 * Parses what a client said first.
 *
 * @param body the body of a frame for which {@linkcode isHello} holds
 * @example
 * ```ts
 * import { encodeHello, parseClientHello } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const parsed = parseClientHello(encodeHello({ version: 1, features: [] }));
 * assert.equal(parsed.ok && parsed.frame.version, 1);
 * ```
 */
export function parseClientHello(body: Uint8Array): Parsed<ClientHello> {
  const value = helloValue(body);
  if (!isJsonObject(value) || typeof value.version !== "number") return refuseFrame("hello");
  return { ok: true, frame: { version: value.version, features: textsOf(value.features) } };
}

/**
 * Parses what a host answered to a hello.
 *
 * @param body the body of the host's first frame
 * @example
 * ```ts
 * import { encodeHello, parseHostHello } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const hello = { version: 1, features: [], instance: "i1", concurrency: 4, exits: [] };
 * const parsed = parseHostHello(encodeHello(hello));
 * assert.deepEqual(parsed.ok && parsed.frame, hello);
 * ```
 */
export function parseHostHello(body: Uint8Array): Parsed<HostHello> {
  const value = helloValue(body);
  if (!isJsonObject(value) || typeof value.version !== "number") return refuseFrame("hello");
  const { version, instance, concurrency, exits } = value;
  const frame = {
    version,
    features: textsOf(value.features),
    instance: typeof instance === "string" ? instance : "",
    concurrency: isCount(concurrency) && concurrency > 0 ? concurrency : 1,
    exits: (Array.isArray(exits) ? exits : []).flatMap(parseExit),
  };
  return { ok: true, frame };
}

function helloValue(body: Uint8Array): Json | undefined {
  const json = isHello(body) ? parseJson(body.subarray(helloBytes.length)) : undefined;
  return json?.ok ? json.value : undefined;
}

function parseExit(value: Json): InstanceExit[] {
  if (!isJsonObject(value)) return [];
  const { instance, reason, code, at, culprits } = value;
  if (typeof instance !== "string" || !isExitReason(reason)) return [];
  return [{
    instance,
    reason,
    ...(typeof code === "number" && { code }),
    at: typeof at === "string" ? at : "",
    ...(Array.isArray(culprits) && { culprits: culprits.filter(isCount) }),
  }];
}

function isExitReason(value: Json | undefined): value is InstanceExit["reason"] {
  return value === "oom" || value === "signal" || value === "exit" || value === "killed" ||
    value === "timeout";
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
