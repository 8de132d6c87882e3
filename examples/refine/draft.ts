/**
 * What travels from step to step: what is asked for, the draft, and what was thought of it.
 *
 * @module
 */

/** What a summary has to be. */
export interface Brief {
  /** The text to summarise. */
  readonly text: string;
  /** Words it may have. */
  readonly words: number;
  /** What it has to speak of. */
  readonly keywords: readonly string[];
  /** How often it may be refined. */
  readonly rounds: number;
}

/** What can be wrong with a draft. */
export type Fault = "too long" | "misses keywords" | "hard to read";

/** What the judge found. */
export interface Verdict {
  /** The draft it is about. */
  readonly summary: string;
  /** From 0 to 1; 1 is as good as it was asked for. */
  readonly score: number;
  /** How many words the draft has. */
  readonly words: number;
  /** Keywords that it does not speak of. */
  readonly missing: readonly string[];
  /** How easily it reads (Flesch). */
  readonly ease: number;
  /** What is wrong with it, the worst first. */
  readonly faults: readonly Fault[];
}

/** One sentence of a draft. */
export interface Line {
  /** Which sentence of the text it was made of, from 0. */
  readonly from: number;
  /** What has become of it. */
  readonly text: string;
}

/** The payload of all steps. */
export interface Draft extends Brief {
  /** The draft, in the order of the text. */
  readonly lines: readonly Line[];
  /** Every verdict so far, oldest first. */
  readonly verdicts: readonly Verdict[];
}
