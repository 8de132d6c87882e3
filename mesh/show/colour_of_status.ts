/** ANSI's numbers of colours that can be told apart on dark and on light. */
const COLOURS: Readonly<Record<string, number>> = {
  Succeeded: 32,
  Failed: 31,
  Running: 36,
  Pending: 33,
  done: 32,
  failed: 31,
  working: 36,
  received: 33,
};

/**
 * The colour of a job's status, or of a step's state.
 *
 * @param word the status
 */
export function colourOfStatus(word: string): number | undefined {
  return COLOURS[word];
}
