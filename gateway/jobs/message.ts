import { CANONICAL_SPELLING, messageIdOf, messageText } from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { Unsent } from "./stored_job.ts";

const encoder = new TextEncoder();

/**
 * The first message of a job, for the queue of its first step. The same job always gives the same
 * message, whatever has happened to it since.
 *
 * @param unsent the job, its payload and its headers
 * @param payloadText the payload's JSON, where somebody has written it already
 */
export function createMessage(unsent: Unsent, payloadText?: string): Outgoing {
  const { job, payload, headers } = unsent;
  const queue = job.route.steps[job.firstStep] ?? "";
  const text = messageText({
    jobId: job.id,
    route: { ...job.route, current: job.firstStep },
    headers: { ...headers },
    payload,
    deadline: job.deadline,
    spelling: CANONICAL_SPELLING,
    extra: {},
    routeExtra: {},
  }, payloadText);
  return {
    queue,
    body: encoder.encode(text),
    messageId: messageIdOf({ input: job.id, attempt: 1, destination: queue, ordinal: 0 }),
    headers,
  };
}
