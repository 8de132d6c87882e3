import type { Hold } from "./case_file.ts";
import type { Rules } from "./rules.ts";

/** What an acknowledgement was for, or why there was no reason for it. */
export type Judgement =
  | {
    readonly kind: "fine";
    /** What was done, in a few words that are the same each time. */
    readonly why: string;
    /** Whether the message is settled for good; otherwise another one took its place. */
    readonly isFinal: boolean;
    /** Messages to its own queue that a handler sent. */
    readonly newCopies?: number;
  }
  | { readonly kind: "breach"; readonly text: string };

/** What a process knows besides one letter. */
export interface Facts {
  readonly rules: Rules;
  readonly isDraining: boolean;
  /** Elapsed milliseconds, and those since the epoch. */
  readonly nowMs: number;
  readonly wallMs: number;
  /** Whether the runtime was away for longer than calls are kept, while a message was held. */
  wasAwayFor(hold: Hold): boolean;
  /** Whether this process settled a message for good before. */
  hasEnded(messageId: string | undefined): boolean;
  /** When it was told that nobody waits for a job, by elapsed milliseconds; else never. */
  inactiveSinceMs(jobId: string): number;
}

/** Another message took this one's place. */
export function replaced(why: string): Judgement {
  return { kind: "fine", why, isFinal: false };
}

/** It is settled for good. */
export function ended(why: string): Judgement {
  return { kind: "fine", why, isFinal: true };
}

/** It should not have been acknowledged. */
export function breach(text: string): Judgement {
  return { kind: "breach", text };
}
