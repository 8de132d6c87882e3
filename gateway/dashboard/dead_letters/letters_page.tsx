import type { Page } from "../page.tsx";
import { Ago } from "../time.tsx";
import { visibleText } from "../visible_text.ts";
import type { LetterPage } from "../../dead_letters/dead_letters.ts";
import type { LetterSummary } from "../../dead_letters/letter_to_wire.ts";
import { type LetterFilter, pathOfLetter, pathOfList } from "./letter_paths.ts";
import { showSize } from "./show_bytes.ts";

/** What the list of dead letters shows. */
export interface LettersProps {
  readonly page: LetterPage;
  readonly filter: LetterFilter;
  /** Whether all of the page are chosen. */
  readonly selectsAll: boolean;
  readonly now: Date;
}

/** The dead letters that a filter finds, to look at, to replay and to purge. */
export function lettersPage(props: LettersProps): Page {
  const { page, filter } = props;
  const hasFilter = Object.values(filter).some((value) => value !== undefined);
  return {
    title: "Dead letters",
    at: "deadLetters",
    scripts: ["dead_letters.js"],
    main: (
      <>
        <h1>Dead letters</h1>
        <p class="soft">
          Messages that were given up. Each stays here until its replay is stored, or until somebody
          purges it.
        </p>
        <Filters filter={filter} />
        <Batch to={pathOfList(filter)} />
        {page.letters.length === 0
          ? (
            <div class="sheet empty">
              <p>{hasFilter ? "No dead letter is like that." : "Nothing was given up."}</p>
            </div>
          )
          : <LettersForm {...props} />}
        {!page.complete && (
          <p class="notice wait">
            The oldest {page.scanned}{" "}
            letters were looked at; there are more behind them, which have their turn as these are
            replayed or purged.
          </p>
        )}
      </>
    ),
  };
}

function Filters({ filter }: { filter: LetterFilter }) {
  return (
    <form method="get" action={pathOfList({})} class="sheet filters" role="search">
      <Filter name="q" label="Search" value={filter.q} isWide />
      <Filter name="error" label="Error" value={filter.error} />
      <Filter name="step" label="Step" value={filter.step} />
      <Filter name="tool" label="Tool" value={filter.tool} />
      <Filter name="job" label="Job" value={filter.job} />
      <button type="submit">Filter</button>
      <a class="button" href={pathOfList({})}>Clear</a>
    </form>
  );
}

interface FilterProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly isWide?: boolean;
}

function Filter({ name, label, value, isWide = false }: FilterProps) {
  return (
    <label class={isWide ? "wide" : undefined}>
      {label}
      <input name={name} value={value ?? ""} autocomplete="off" size={isWide ? 20 : 12} />
    </label>
  );
}

/** Where the script shows how far it is with many letters. */
export function Batch({ to }: { to: string }) {
  return (
    <div id="batch" class="sheet" hidden>
      <div class="row">
        <progress aria-label="How far it is" max={1} value={0}></progress>
        <span role="status"></span>
        <a class="button on" href={to} hidden>Go on</a>
      </div>
      <ul></ul>
    </div>
  );
}

function LettersForm({ page, filter, selectsAll, now }: LettersProps) {
  const rowOf = (letter: LetterSummary) => (
    <LetterRow letter={letter} isSelected={selectsAll} now={now} />
  );
  const count = page.letters.length;
  return (
    <form method="post" action={pathOfList({})} class="sheet" data-batch>
      <input type="hidden" name="to" value={pathOfList(filter)} />
      <div class="head">
        <span class="soft">
          {count} {count === 1 ? "letter" : "letters"} on this page ·{" "}
          <a href={pathOfList(filter, selectsAll ? {} : { select: "all" })}>
            {selectsAll ? "Select none" : "Select all"}
          </a>
        </span>
        <span class="row">
          <button type="submit" name="do" value="replay">Replay selected</button>
          <button type="submit" name="do" value="purge" class="danger">Purge selected…</button>
        </span>
      </div>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">Selected</span>
            </th>
            <th scope="col">What went wrong</th>
            <th scope="col">Step</th>
            <th scope="col">Tool</th>
            <th scope="col" class="number">Size</th>
            <th scope="col" class="number">Given up</th>
          </tr>
        </thead>
        <tbody>{page.letters.map(rowOf)}</tbody>
      </table>
      {page.next !== undefined && (
        <a class="button" href={pathOfList({ ...filter, cursor: page.next })}>Next page</a>
      )}
    </form>
  );
}

interface RowProps {
  readonly letter: LetterSummary;
  readonly isSelected: boolean;
  readonly now: Date;
}

function LetterRow({ letter, isSelected, now }: RowProps) {
  const { id, error, message, step, tool, bytes, queued_at, replayable, why_not } = letter;
  const name = visibleText(error, 80);
  return (
    <tr data-key={id}>
      <td>
        <input
          type="checkbox"
          name="id"
          value={id}
          checked={isSelected}
          aria-label={`Select ${name} of ${visibleText(step ?? "an unknown step", 80)}`}
        />
      </td>
      <th scope="row" class="name">
        <div>
          <a class="breaks" href={pathOfLetter(id)}>{name}</a>
          <div class="soft small breaks">{visibleText(message, 200)}</div>
          {!replayable && (
            <div class="small breaks">
              <span class="chip wait">cannot be replayed as it is</span>{" "}
              {visibleText(why_not ?? "", 300)}
            </div>
          )}
        </div>
      </th>
      <td class="breaks" data-name="Step">{visibleText(step ?? "–", 80)}</td>
      <td class="breaks" data-name="Tool">{visibleText(tool ?? "–", 80)}</td>
      <td class="number" data-name="Size">{showSize(bytes)}</td>
      <td class="number" data-name="Given up">
        {queued_at === null ? "–" : <Ago at={queued_at} now={now} />}
      </td>
    </tr>
  );
}
