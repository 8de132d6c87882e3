import { createFailure } from "@asya/protocol";
import type { Clock, Delivery } from "@asya/transport";
import { decideFailure } from "./decide_failure.ts";
import { type Decision, messagesOf } from "./decision.ts";
import type { Emit, Event } from "./events.ts";
import type { Policy } from "./policy.ts";
import type { Publisher } from "./publish.ts";
import type { RecentIds } from "./recent_ids.ts";
import type { WorkTrace } from "./trace_work.ts";
import { nameWork, type Work } from "./work.ts";

/** What applying a decision takes. */
export interface ApplyParts {
  readonly publisher: Publisher;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Ids of messages that were carried to their end. */
  readonly done: RecentIds;
}

/** A decision, and the message that it is about. */
export interface Settlement {
  readonly decision: Decision;
  readonly delivery: Delivery;
  /** What was worked on; absent when the body was no message. */
  readonly work?: Work | undefined;
  /** When the message came, by the clock's elapsed milliseconds. */
  readonly receivedMs: number;
  /** The trace of the work, where it is recorded. */
  readonly trace?: WorkTrace | undefined;
}

/**
 * Performs a decision: publishes all that it wants, has it confirmed, acknowledges the message and
 * says what happened.
 *
 * @param settlement the decision and its message
 * @param parts where to publish, and whom to tell
 * @returns the decision that was performed: another one where a next step's queue was missing, and
 *   `undefined` where the process ends first
 */
export async function apply(
  settlement: Settlement,
  parts: ApplyParts,
): Promise<Decision | undefined> {
  const { decision, delivery, work } = settlement;
  const sending = settlement.trace?.send(decision);
  const published = await parts.publisher.publishAll(sending?.messages ?? messagesOf(decision));
  sending?.end(published);
  switch (published.kind) {
    case "confirmed":
      if (isEnd(decision) && delivery.messageId) parts.done.add(delivery.messageId);
      await delivery.ack();
      parts.emit(eventOf(settlement, parts));
      return decision;
    case "unroutable": {
      if (!work) throw new TypeError("only the outputs of work go to the queues of next steps");
      const failed = decideFailure(work, routeFailure(published.queue), parts.policy);
      return await apply({ ...settlement, decision: failed }, parts);
    }
    case "abandoned":
      return undefined;
  }
}

/** Whether a message is done; one that goes back to its queue comes again under the same id. */
function isEnd(decision: Decision): boolean {
  return decision.kind !== "retry" && decision.kind !== "drop";
}

function eventOf(settlement: Settlement, parts: ApplyParts): Event {
  const { decision, work, receivedMs } = settlement;
  const name = nameWork(work);
  const durationMs = parts.clock.elapsed() - receivedMs;
  switch (decision.kind) {
    case "forward":
      return { kind: "processed", ...name, status: "success", durationMs };
    case "absorb": {
      const status = decision.isLate ? "late" : "success";
      return { kind: "processed", ...name, status, durationMs };
    }
    case "finish": {
      const status = decision.isEmpty ? "empty_response" : "success";
      return { kind: "processed", ...name, status, durationMs };
    }
    case "sends":
      return { kind: "processed", ...name, status: "terminal_consumed", durationMs };
    case "fail":
      return { kind: "failed", ...name, failure: decision.failure, durationMs };
    case "retry": {
      const { why, failure } = decision;
      return { kind: "resent", ...name, why, ...(failure && { failure }) };
    }
    case "drop":
      return { kind: "dropped", ...name, why: decision.why };
  }
}

function routeFailure(queue: string): ReturnType<typeof createFailure> {
  return createFailure("route_error", `there is no queue "${queue}" for the next step`);
}
