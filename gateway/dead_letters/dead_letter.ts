import type { Json, JsonObject, Route } from "@asya/protocol";

/** What is known of work that was given up, whoever wrote it down. */
export interface DeadLetter {
  /** Stands for its identity and its bytes: the same in every listing. */
  readonly id: string;
  /** The job it was of, where it says so. */
  readonly jobId?: string;
  /** Why it was given up: a failure's code, or a word of the broker. */
  readonly error: string;
  /** The same in a sentence. */
  readonly message: string;
  /** What else is known of the failure. */
  readonly details: JsonObject;
  /** The queue whose work failed. */
  readonly step?: string;
  /** The actor that failed. */
  readonly actor?: string;
  /** 1-based number of the last try. */
  readonly attempt?: number;
  /** Who gave it up: a terminal actor, or a queue of the broker. */
  readonly from?: string;
  /** RFC 3339 time at which its job began. */
  readonly created?: string;
  /** RFC 3339 time at which it was put here. */
  readonly queuedAt?: string;
  /** Size of the body that failed. */
  readonly bytes: number;
  /** Where that body is stored. */
  readonly stored?: string;
  /** Which way the work was going, and how far it had come. */
  readonly route?: Route;
  /** Application headers of the message that failed. */
  readonly headers?: JsonObject;
  /** What the failing step got; absent where the body is not here, or is no message. */
  readonly payload?: Json;
  /** The exact body that failed; absent where it is only stored. */
  readonly original?: Uint8Array;
}

/**
 * The step of the route to begin again with, where it is known: the one that failed.
 *
 * @param letter the letter
 * @param route the way, where the letter itself may not know it
 */
export function failedStepOf(
  { step, route: own }: Pick<DeadLetter, "step" | "route">,
  route: Route | undefined = own,
): number | undefined {
  if (route === undefined) return undefined;
  const { steps } = route;
  const current = own?.current ?? -1;
  if (current >= 0 && current < steps.length && (step ?? steps[current]) === steps[current]) {
    return current;
  }
  const index = step === undefined ? -1 : steps.indexOf(step);
  return index < 0 ? undefined : index;
}
