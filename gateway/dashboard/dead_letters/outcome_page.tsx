import type { Page } from "../page.tsx";
import { visibleText } from "../visible_text.ts";
import { pathOfLetter } from "./letter_paths.ts";

/** What became of one letter. */
export interface LetterOutcome {
  readonly id: string;
  readonly ok: boolean;
  /** In a sentence. */
  readonly text: string;
  /** Where to read on. */
  readonly href?: string;
}

/**
 * Says what became of several letters.
 *
 * @param doing what was done with them
 * @param outcomes what became of each
 * @param to the list that they were chosen on
 */
export function outcomePage(
  doing: "replay" | "purge",
  outcomes: readonly LetterOutcome[],
  to: string,
): Page {
  const done = outcomes.filter(({ ok }) => ok).length;
  const verb = doing === "purge" ? "purged" : "replayed";
  const lineOf = ({ id, text, href }: LetterOutcome) => (
    <li class="breaks">
      <a href={href ?? pathOfLetter(id)}>{visibleText(text, 500)}</a>
    </li>
  );
  return {
    title: "Dead letters",
    at: "deadLetters",
    main: (
      <section class="sheet">
        <h1>{done} of {outcomes.length} {verb}</h1>
        <ul>{outcomes.map(lineOf)}</ul>
        <a class="button" href={to}>Go on</a>
      </section>
    ),
  };
}
