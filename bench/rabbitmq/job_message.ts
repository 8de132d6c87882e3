import { createTraceContext, formatTraceparent } from "@asya/program";
import { createJob, type JsonObject } from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import { createMessage } from "../../gateway/jobs/message.ts";
import { BODY_BYTES } from "../payload.ts";

/**
 * The first message of a job, the very one that a gateway sends, of a kibibyte.
 *
 * @param steps the job's route
 */
export function jobMessage(steps: readonly string[]): Outgoing {
  return messageOf(steps, paddedPayload(steps));
}

/**
 * What a tool of a route is called with, so that the job's first message has a kibibyte.
 *
 * @param steps the route
 */
export function paddedPayload(steps: readonly string[]): JsonObject {
  const { body } = messageOf(steps, { fill: "" });
  return { fill: "x".repeat(Math.max(0, BODY_BYTES - body.length)) };
}

function messageOf(steps: readonly string[], payload: JsonObject): Outgoing {
  const id = crypto.randomUUID();
  const job = createJob({ id, tool: "bench", steps, timeoutSeconds: 3_600 }, new Date());
  const headers = { traceparent: formatTraceparent(createTraceContext()) };
  return createMessage({ job, payload, headers });
}
