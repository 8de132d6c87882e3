import type { Page } from "./page.tsx";

/**
 * A page that says why there is nothing else to see.
 *
 * @param title in a few words
 * @param text in a sentence
 */
export function problemPage(title: string, text: string): Page {
  return {
    title,
    main: (
      <section class="sheet narrow">
        <h1>{title}</h1>
        <p>{text}</p>
        <p>
          <a href="/">Back to the start</a>
        </p>
      </section>
    ),
  };
}
