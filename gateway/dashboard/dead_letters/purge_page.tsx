import type { Page } from "../page.tsx";
import { Batch } from "./letters_page.tsx";

/**
 * Asks whether some letters are really to be purged.
 *
 * @param ids which ones
 * @param to the list that they were chosen on
 */
export function purgePage(ids: readonly string[], to: string): Page {
  const letters = ids.length === 1 ? "1 dead letter" : `${ids.length} dead letters`;
  const inputOf = (id: string) => <input type="hidden" name="id" value={id} />;
  return {
    title: "Purge",
    at: "deadLetters",
    scripts: ["dead_letters.js"],
    main: (
      <>
        <section class="sheet narrow">
          <h1>Purge {letters}?</h1>
          <p>What is purged is gone for good; nothing of it can be replayed then.</p>
          <form method="post" action="/dashboard/dead-letters" data-batch data-confirmed="yes">
            {ids.map(inputOf)}
            <input type="hidden" name="confirmed" value="yes" />
            <input type="hidden" name="to" value={to} />
            <div class="row">
              <button type="submit" name="do" value="purge" class="danger">Purge {letters}</button>
              <a class="button" href={to} autofocus>Keep</a>
            </div>
          </form>
        </section>
        <Batch to={to} />
      </>
    ),
  };
}
