/**
 * The words on the wire: messages, routes, frames, replies and failures of an Asya mesh.
 *
 * Only values and pure functions over them live here. Nothing that reads a socket, a file, a clock
 * or an environment may enter, and nothing is imported but the platform's hash.
 *
 * ```ts
 * import { advance, parseMessage } from "@asya/protocol";
 * import assert from "node:assert/strict";
 *
 * const body = '{"job_id":"j1","route":{"steps":["ocr","classify"],"current":0},"payload":{}}';
 * const parsed = parseMessage(body);
 * assert.equal(parsed.ok && advance(parsed.message.route).current, 1);
 * ```
 *
 * @module
 */
export * from "./bookkeeping.ts";
export * from "./encode_reply.ts";
export * from "./deadline.ts";
export * from "./envelope.ts";
export * from "./failure.ts";
export * from "./fan_out.ts";
export * from "./final_report.ts";
export * from "./framing.ts";
export * from "./heartbeat.ts";
export * from "./identity.ts";
export * from "./job.ts";
export {
  type JobChange,
  type JobChanged,
  type JobState,
  MAX_JOB_PARTIAL_CHARS,
  MAX_JOB_UPDATES,
} from "./job_change.ts";
export { applyCancel, applyDeadline, applyUndeliverable } from "./job_end.ts";
export { applyFinal, partialResults } from "./job_final.ts";
export { applyHeartbeat, applyProgress } from "./job_progress.ts";
export * from "./job_wire.ts";
export * from "./join_options.ts";
export * from "./json.ts";
export * from "./lineage.ts";
export * from "./measure.ts";
export * from "./message.ts";
export * from "./naming.ts";
export * from "./parse_failure.ts";
export * from "./parse_measures.ts";
export * from "./parse_reply.ts";
export * from "./reply.ts";
export * from "./report.ts";
export * from "./retry_policy.ts";
export * from "./reroute.ts";
export * from "./route.ts";
export * from "./schema.ts";
export * from "./session.ts";
export * from "./time.ts";
