import type { Mood } from "../status.tsx";
import type { BranchState } from "./branch_tree.ts";
import type { StepState } from "./step_summary.ts";
import type { VisitState } from "./visit.ts";

/** How something is shown: its colour and sign, and its word. */
export interface Shown {
  readonly mood: Mood;
  readonly word: string;
}

/** How a step is shown. */
export const STEP_WORDS: Readonly<Record<StepState, Shown>> = {
  ahead: { mood: "none", word: "ahead" },
  skipped: { mood: "none", word: "not taken" },
  waiting: { mood: "wait", word: "waiting" },
  working: { mood: "run", word: "working" },
  done: { mood: "good", word: "done" },
  failed: { mood: "bad", word: "failed" },
  stopped: { mood: "none", word: "stopped" },
};

/** How a try is shown. */
export const VISIT_WORDS: Readonly<Record<VisitState, Shown>> = {
  waiting: { mood: "wait", word: "in the queue" },
  held: { mood: "wait", word: "taken, waits" },
  working: { mood: "run", word: "working" },
  done: { mood: "good", word: "done" },
  joined: { mood: "good", word: "joined" },
  again: { mood: "wait", word: "tried again" },
  failed: { mood: "bad", word: "failed" },
  stopped: { mood: "none", word: "stopped" },
};

/** How a branch is shown. */
export const BRANCH_WORDS: Readonly<Record<BranchState, Shown>> = {
  waiting: { mood: "wait", word: "waiting" },
  working: { mood: "run", word: "working" },
  done: { mood: "good", word: "done" },
  failed: { mood: "bad", word: "failed" },
  stopped: { mood: "none", word: "stopped" },
};
