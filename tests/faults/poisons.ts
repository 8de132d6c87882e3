/**
 * Bodies that no step's queue should hold.
 *
 * @module
 */
import { type FailureCode, type Json, type JsonObject, TERMINAL_QUEUES } from "@asya/protocol";

/** A body, and how it fails. */
export interface Poison {
  readonly name: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly code: FailureCode;
}

/** The most steps that a message may take where nothing is said. */
const MAX_HOPS = 256;

/** More bytes than any envelope or dead letter may have. */
const HUGE_BYTES = 50_000_000;

const encoder = new TextEncoder();

/**
 * One of each kind of small poison, for a step that may send to `third` and to `nowhere`.
 *
 * @param queue the step's queue
 * @param n makes the bodies unlike those of another number; the empty one cannot be
 */
export function smallPoisons(queue: string, n: number): Poison[] {
  const message = (change: JsonObject): JsonObject => ({
    job_id: `poison-${n}`,
    route: { steps: [queue, "third"], current: 0 },
    payload: { n },
    ...change,
  });
  const texts: [string, string][] = [
    ["empty", ""],
    ["no JSON", `hello ${n}`],
    ["half a message", JSON.stringify(message({})).slice(0, -1)],
    ["nested too deep", `${'{"0":'.repeat(5_000)}${n}${"}".repeat(5_000)}`],
  ];
  const values: [string, Json][] = [
    ["a number", n],
    ["a list", [n]],
    ["no route", { payload: n }],
    ["no payload", { job_id: `poison-${n}`, route: { steps: [queue], current: 0 } }],
    ["a number for its job", message({ job_id: n })],
    ["a list of headers", message({ headers: [] })],
    ["an odd deadline", message({ deadline: "soon" })],
  ];
  const routes: [string, Json, FailureCode?][] = [
    ["a route that is a text", queue],
    ["no steps", { current: 0 }],
    ["an empty list of steps", { steps: [], current: 0 }],
    ["steps in a text", { steps: queue, current: 0 }],
    ["a step without name", { steps: [queue, ""], current: 0 }],
    ["a step that is a number", { steps: [queue, 3], current: 0 }],
    ["no current step", { steps: [queue] }],
    ["a current step in a text", { steps: [queue], current: "0" }],
    ["a current step between two", { steps: [queue, "third"], current: 0.5 }],
    ["a current step before the first", { steps: [queue], current: -1 }],
    ["a route that is finished", { steps: [queue], current: 1 }],
    ["a current step beyond the last", { steps: [queue], current: 2 }],
    ["metadata in a list", { steps: [queue], current: 0, metadata: [] }],
    ["a next step that no queue can be called", next("amq.direct"), "route_error"],
    ["a terminal queue for a step", next(TERMINAL_QUEUES.errorEnd), "route_error"],
    ["a next step that is not allowed", next("secret"), "route_error"],
    ["a next step that is not there", next("nowhere"), "route_error"],
    ["too many steps behind it", {
      steps: Array(MAX_HOPS + 2).fill(queue),
      current: MAX_HOPS,
    }, "route_error"],
  ];
  function next(step: string): Json {
    return { steps: [queue, step], current: 0 };
  }
  const bytes = new Uint8Array([0xff, 0x00, 0xfe, n >> 8, n]);
  return [
    { name: "not UTF-8", body: bytes, code: "malformed_message" },
    ...texts.map(([name, text]) => toPoison(name, text)),
    ...values.map(([name, value]) => toPoison(name, JSON.stringify(value))),
    ...routes.map(([name, route, code], place) => {
      const job_id = `poison-${n}-${place}`;
      return toPoison(name, JSON.stringify(message({ job_id, route })), code);
    }),
    toPoison(
      "a deadline that has passed",
      JSON.stringify(message({ deadline: "2020-01-02T03:04:05Z" })),
      "deadline_exceeded",
    ),
  ];
}

/**
 * Huge poisons: text, bytes, and a message that is one but that no queue should take.
 *
 * @param queue the step's queue
 */
export function hugePoisons(queue: string): Poison[] {
  const job_id = "poison-huge";
  const start = JSON.stringify({ job_id, route: { steps: [queue, "third"], current: 0 } });
  const message = `${start.slice(0, -1)},"payload":{"text":"${"x".repeat(HUGE_BYTES)}"}}`;
  return [
    toPoison("huge text", "x".repeat(HUGE_BYTES)),
    toPoison("huge text, much of which is escaped", '"'.repeat(HUGE_BYTES)),
    { name: "huge", body: new Uint8Array(HUGE_BYTES).fill(0xff), code: "malformed_message" },
    toPoison("a huge message", message, "frame_too_large"),
  ];
}

function toPoison(name: string, text: string, code: FailureCode = "malformed_message"): Poison {
  return { name, body: encoder.encode(text), code };
}
