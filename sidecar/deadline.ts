import { createFailure, currentStep, type Failure } from "@asya/protocol";
import type { StepWork } from "./work.ts";

/** What programs in Go write where nobody set a time. */
const NO_TIME = "0001-01-01T00:00:00Z";

/**
 * When a message's time is over: at the earlier of the deadlines that it carries.
 *
 * @param work the message
 * @returns milliseconds since the epoch; `Infinity` where it has no deadline
 */
export function deadlineMsOf({ message, bookkeeping }: StepWork): number {
  return Math.min(timeOf(message.deadline), timeOf(bookkeeping.deadline));
}

/**
 * The failure of a message whose time was over before its handler was called.
 *
 * @param work the message
 */
export function deadlineFailure(work: StepWork): Failure {
  const over = new Date(deadlineMsOf(work)).toISOString();
  const step = currentStep(work.message.route);
  return createFailure(
    "deadline_exceeded",
    `the job was over at ${over}; step "${step}" was not called`,
  );
}

function timeOf(deadline: string | undefined): number {
  return deadline === undefined || deadline === NO_TIME ? Infinity : Date.parse(deadline);
}
