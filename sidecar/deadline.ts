import { createFailure, currentStep, deadlineMsOf, type Failure } from "@asya/protocol";
import type { StepWork } from "./work.ts";

/**
 * The failure of a message whose time was over before its handler was called.
 *
 * @param work the message
 */
export function deadlineFailure(work: StepWork): Failure {
  const over = new Date(deadlineMsOf(work.message, work.bookkeeping)).toISOString();
  const step = currentStep(work.message.route);
  return createFailure(
    "deadline_exceeded",
    `the job was over at ${over}; step "${step}" was not called`,
  );
}
