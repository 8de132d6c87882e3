import type { JobStatus } from "@asya/protocol";

/** How something gets on, in the four ways in which pages show it. */
export type Mood = "wait" | "run" | "good" | "bad" | "none";

/** A sign for each mood, so that none is told by its colour alone. */
const GLYPHS: Readonly<Record<Mood, string>> = {
  wait: "◌",
  run: "◐",
  good: "✓",
  bad: "✕",
  none: "·",
};

/** How a job gets on. */
export const MOODS: Readonly<Record<JobStatus, Mood>> = {
  Pending: "wait",
  Running: "run",
  Succeeded: "good",
  Failed: "bad",
  Unknown: "none",
};

/** How something gets on: a sign, a word, a colour. */
export function Chip({ mood, word }: { readonly mood: Mood; readonly word: string }) {
  return (
    <span class={`chip ${mood}`}>
      <span class="glyph" aria-hidden="true">{GLYPHS[mood]}</span>
      {word}
    </span>
  );
}

/** A job's status. */
export function StatusChip({ status }: { readonly status: JobStatus }) {
  return <Chip mood={MOODS[status] ?? "none"} word={status} />;
}
