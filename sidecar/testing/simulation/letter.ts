import type { Json, JsonObject } from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { Behaviour } from "./behaviour.ts";

/** What is special about a message that comes into the world. */
export type Shape =
  | "plain"
  | "foreign_id"
  | "anonymous"
  | "older_spelling"
  | "branch"
  | "scalar_payload"
  | "last_step"
  | "early"
  | "very_early"
  | "deadline"
  | "hops"
  | "not_allowed"
  | "to_late"
  | "to_ghost"
  | "foreign_step"
  | "not_json"
  | "not_utf8"
  | "no_route"
  | "finished"
  | "poison"
  | "large"
  | "huge"
  | "over_frame";

/** Everything that a message can be. */
export const SHAPES: readonly Shape[] = [
  ...["plain", "foreign_id", "anonymous", "older_spelling", "branch", "scalar_payload"] as const,
  ...["last_step", "early", "very_early", "deadline", "hops", "not_allowed", "to_late"] as const,
  ...["to_ghost", "foreign_step", "not_json", "not_utf8", "no_route", "finished"] as const,
  ...["poison", "large", "huge", "over_frame"] as const,
];

/** A message that comes into the world, and how hosts behave when they get it. */
export interface Letter {
  readonly atMs: number;
  readonly shape: Shape;
  /** How often its producer publishes it, under one id. */
  readonly copies: number;
  /** Milliseconds after which it may begin, or is over, where its shape has such a time. */
  readonly timeMs: number;
  /** Behaviours at its first calls; at all further ones the host is good to it. */
  readonly behaviours: readonly Behaviour[];
}

const encoder = new TextEncoder();

/** The name under which a letter is followed, whatever becomes of it. */
export function tokenOf(body: Uint8Array): string | undefined {
  const text = LATIN.decode(body);
  const token = /sim\\*":\\*"(t\d+)/.exec(text)?.[1];
  if (token !== undefined) return token;
  const encoded = /"original_message":"([A-Za-z0-9+/=]+)"/.exec(text)?.[1];
  return encoded === undefined ? undefined : tokenOf(Uint8Array.fromBase64(encoded));
}

const LATIN = new TextDecoder("latin1");

/**
 * Writes a letter.
 *
 * @param letter what is special about it
 * @param token the name under which it is followed
 * @param queue where it goes
 * @param nowMs milliseconds since the epoch
 */
export function write(letter: Letter, token: string, queue: string, nowMs: number): Outgoing {
  const { shape, timeMs } = letter;
  const number = Number(token.slice(1));
  const id = `asya1-${number.toString(16).padStart(32, "0")}`;
  const messageId = shape === "foreign_id" || shape === "anonymous" ? `producer-${number}` : id;
  return { queue, messageId, body: bodyOf(shape, token, new Date(nowMs + timeMs).toISOString()) };
}

/** The job of a letter, where it says which. */
export function jobOf(token: string): string {
  return `job-${token}`;
}

function bodyOf(shape: Shape, token: string, time: string): Uint8Array {
  const sim = { sim: token };
  switch (shape) {
    case "not_json":
      return encoder.encode(`{"sim":"${token}", and then it breaks off`);
    case "not_utf8":
      return new Uint8Array([...encoder.encode(JSON.stringify(sim)), 0xff, 0xfe]);
    case "no_route":
      return encoder.encode(JSON.stringify({ ...sim, payload: 1 }));
    default:
      return encoder.encode(JSON.stringify(messageOf(shape, token, time)));
  }
}

function messageOf(shape: Shape, token: string, time: string): JsonObject {
  const steps = stepsOf(shape);
  const current = shape === "hops" ? 4 : shape === "finished" ? steps.length : 0;
  const asya: JsonObject = {
    created: "2026-01-01T00:00:00.000Z",
    at: current,
    attempt: 2,
    ...(shape === "branch" && { branch: "/1:2:0a1b2c3d" }),
    ...((shape === "early" || shape === "very_early") && { not_before: time }),
    ...(shape === "deadline" && { deadline: time }),
  };
  const metadata: JsonObject = shape === "anonymous" ? { team: "ml" } : { asya, team: "ml" };
  const isOlder = shape === "older_spelling";
  return {
    ...(shape !== "anonymous" && { [isOlder ? "id" : "job_id"]: jobOf(token) }),
    route: { [isOlder ? "actors" : "steps"]: steps, current, metadata },
    headers: { tenant: "a", traceparent: "00-1-2-03" },
    payload: payloadOf(shape),
    sim: token,
    unknown: { kept: true },
  };
}

function stepsOf(shape: Shape): string[] {
  switch (shape) {
    case "last_step":
      return ["ocr"];
    case "hops":
      return ["a", "b", "c", "d", "ocr", "classify"];
    case "not_allowed":
      return ["ocr", "forbidden"];
    case "to_late":
      return ["ocr", "late"];
    case "to_ghost":
      return ["ocr", "ghost"];
    case "foreign_step":
      return ["elsewhere", "classify"];
    default:
      return ["ocr", "classify", "store"];
  }
}

/** Sizes stand in a proportion to the caps of the simulated sidecars. */
function payloadOf(shape: Shape): Json {
  switch (shape) {
    case "scalar_payload":
      return "just text";
    case "large":
      return { text: "x".repeat(2_200) };
    case "huge":
      return { text: "x".repeat(6_500) };
    case "over_frame":
      return { text: "x".repeat(13_000) };
    default:
      return { page: 1 };
  }
}
