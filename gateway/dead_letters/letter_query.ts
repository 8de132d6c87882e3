import type { DeadLetter } from "./dead_letter.ts";

/** Which letters are wanted; each that is given must be so. */
export interface LetterQuery {
  /** The queue whose work failed. */
  readonly step?: string | undefined;
  /** The failure's code. */
  readonly error?: string | undefined;
  /** The tool that was called. */
  readonly tool?: string | undefined;
  /** The job. */
  readonly job?: string | undefined;
  /** The beginning of the letter's or the job's id, or a part of what was wrong, the step or the actor. */
  readonly q?: string | undefined;
  /** How many at most. */
  readonly limit: number;
  /** The first letter of the page. */
  readonly cursor?: string | undefined;
}

/**
 * Whether a letter is wanted, by what it says itself: not by its tool, which its job knows.
 *
 * @param letter a letter
 * @param query which ones
 */
export function matches(letter: DeadLetter, query: LetterQuery): boolean {
  const { step, error, job, q = "" } = query;
  return (step === undefined || letter.step === step) &&
    (error === undefined || letter.error === error) &&
    (job === undefined || letter.jobId === job) &&
    (q === "" || isFound(letter, q.toLowerCase()));
}

function isFound(letter: DeadLetter, wanted: string): boolean {
  const { id, jobId = "", error, message, step = "", actor = "" } = letter;
  return [id, jobId].some((one) => one.toLowerCase().startsWith(wanted)) ||
    [error, message, step, actor].some((one) => one.toLowerCase().includes(wanted));
}
