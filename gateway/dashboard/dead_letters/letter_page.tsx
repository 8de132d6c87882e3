import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import type { Page } from "../page.tsx";
import { editableJson } from "../editable_json.ts";
import { jobPath } from "../paths.ts";
import { Chip } from "../status.tsx";
import { Ago } from "../time.tsx";
import { visibleText } from "../visible_text.ts";
import type { ShownLetter } from "../../dead_letters/letter_to_wire.ts";
import { pathOfLetter, pathOfList } from "./letter_paths.ts";
import { failedStepOf } from "./read_replay.ts";
import { showBytes, showSize } from "./show_bytes.ts";

/** What the page of a letter shows. */
export interface LetterProps {
  readonly letter: ShownLetter;
  readonly now: Date;
  /** What was typed, where it could not be used, and why. */
  readonly typed?: { readonly payload: string; readonly fromStep: string } | undefined;
  readonly problem?: string | undefined;
}

/** Characters of a part of a letter that a page shows. */
const MAX_SHOWN = 200_000;

/** Steps of a route that are shown: whoever wrote a letter may have written any number. */
const MAX_STEPS = 200;

/** One dead letter: all that is known of it, and what can be done with it. */
export function letterPage(props: LetterProps): Page {
  const { letter, problem } = props;
  const error = visibleText(letter.error, 200);
  return {
    title: `Dead letter: ${error}`,
    at: "deadLetters",
    main: (
      <>
        <header>
          <p class="small">
            <a href={pathOfList({})}>Dead letters</a>
          </p>
          <h1 class="row">
            <span class="breaks">{error}</span>
            <Chip mood="bad" word="given up" />
          </h1>
        </header>
        <p class="breaks">{visibleText(letter.message, 2_000)}</p>
        {problem !== undefined && (
          <p class="notice bad" role="alert" tabindex={-1} autofocus>
            {visibleText(problem, 2_000)}
          </p>
        )}
        {!letter.replayable && (
          <p class="notice wait">
            It cannot be replayed as it is: {visibleText(letter.why_not ?? "", 2_000)}
          </p>
        )}
        <Facts {...props} />
        <div class="beside">
          <Replay {...props} />
          <div class="stack">
            <Details letter={letter} />
            <Purge letter={letter} />
          </div>
        </div>
      </>
    ),
  };
}

const STORED = "Stored at";

function Facts({ letter, now }: LetterProps) {
  const { job_id, tool, step, actor, attempt, from, created, queued_at, bytes, stored } = letter;
  const job = job_id === null ? null : <a href={jobPath(job_id)}>{visibleText(job_id, 200)}</a>;
  const began = created && <Ago at={created} now={now} />;
  const givenUp = queued_at && <Ago at={queued_at} now={now} />;
  const place = stored && <code class="breaks">{visibleText(stored, 500)}</code>;
  const facts = [
    ["Job", job],
    ["Tool", tool && visibleText(tool, 200)],
    ["Failed step", step && visibleText(step, 200)],
    ["Actor", actor && visibleText(actor, 200)],
    ["Attempt", attempt],
    ["Given up by", from && visibleText(from, 200)],
    ["Began", began],
    ["Given up", givenUp],
    ["Size", showSize(bytes)],
    [STORED, place],
  ] as const;
  const factOf = ([name, value]: (typeof facts)[number]) => (
    <div class={name === STORED ? "whole" : undefined}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <section class="sheet" aria-label="What is known of it">
      <dl class="facts">{facts.filter(([, value]) => value !== null).map(factOf)}</dl>
      <Route letter={letter} />
    </section>
  );
}

/** The way of its job; the step that failed is told in words too. */
function Route({ letter }: { letter: ShownLetter }) {
  const steps = letter.route?.steps ?? [];
  const failed = failedStepOf(letter);
  if (steps.length === 0) return null;
  const first = Math.max(0, (failed ?? 0) - MAX_STEPS / 2);
  const shown = steps.slice(first, first + MAX_STEPS);
  const after = steps.length - first - shown.length;
  const stepOf = (name: string, at: number) => (
    <li class={first + at === failed ? "chip bad" : "chip"}>
      {first + at === failed && <span aria-hidden="true">✕</span>}
      {visibleText(name, 100)}
      {first + at === failed && <span class="unseen">failed</span>}
    </li>
  );
  return (
    <ol class="steps" aria-label="Steps of its route">
      {first > 0 && <li class="soft">{`${first} before`}</li>}
      {shown.map(stepOf)}
      {after > 0 && <li class="soft">{`${after} more`}</li>}
    </ol>
  );
}

function Replay({ letter, typed }: LetterProps) {
  const steps = letter.route?.steps ?? [];
  const chosen = typed?.fromStep ?? String(failedStepOf(letter) ?? "");
  const optionOf = (name: string, index: number) => (
    <option value={String(index)} selected={String(index) === chosen}>
      {`${index}: ${visibleText(name, 100)}${index === failedStepOf(letter) ? " (failed)" : ""}`}
    </option>
  );
  const { payload: held } = letter;
  const payload = typed?.payload ?? (held === undefined ? "" : editableJson(held));
  return (
    <form
      method="post"
      action={pathOfLetter(letter.id)}
      class="sheet"
      aria-labelledby="replay-title"
    >
      <h2 id="replay-title">Replay</h2>
      <p class="soft small">
        Makes a new job. The letter goes when that job is stored, and not before.
      </p>
      {steps.length > 0 && steps.length <= MAX_STEPS
        ? (
          <div class="field">
            <label for="from_step">From step</label>
            <select id="from_step" name="from_step">{steps.map(optionOf)}</select>
          </div>
        )
        : (
          <div class="field">
            <label for="from_step">From step</label>
            <input id="from_step" name="from_step" inputmode="numeric" value={chosen} />
            <p class="small soft">its position in the route of its job, from 0</p>
          </div>
        )}
      <div class="field">
        <label for="payload">Payload</label>
        <p id="payload-about" class="small soft">
          {payload === undefined
            ? "JSON; what that step gets. It is too long to be edited here: with nothing written, " +
              "the step that failed gets what the letter holds."
            : "JSON; what that step gets. Left as it is, what the letter holds is sent again."}
        </p>
        <textarea id="payload" name="payload" rows={14} aria-describedby="payload-about">
          {payload?.startsWith("\n") ? `\n${payload}` : payload}
        </textarea>
      </div>
      <button type="submit" name="do" value="replay" class="main">Replay</button>
    </form>
  );
}

function Details({ letter }: { letter: ShownLetter }) {
  const { error_details: details, headers, original_message: original } = letter;
  const { stack, rest } = takeStack(details);
  return (
    <>
      {stack !== undefined && <Part title="Stack" text={stack} isOpen />}
      {hasContent(rest) && <Part title="Error details" text={showJsonText(rest)} isOpen />}
      {hasContent(headers) && <Part title="Headers" text={showJsonText(headers)} />}
      {original !== undefined && <Original letter={letter} text={original} />}
    </>
  );
}

/** The message as it was: its text, or its bytes. */
function Original({ letter, text }: { letter: ShownLetter; text: string }) {
  if (letter.original_encoding !== "base64") return <Part title="Original message" text={text} />;
  return (
    <>
      <Part title="Original message, bytes" text={showBytes(Uint8Array.fromBase64(text))} />
      <Part title="Original message, base64" text={text} />
    </>
  );
}

function Part({ title, text, isOpen }: { title: string; text: string; isOpen?: boolean }) {
  return (
    <details class="sheet" open={isOpen}>
      <summary>{title}</summary>
      <pre class="code wraps" tabindex={0} role="region" aria-label={title}>
        {visibleText(text, MAX_SHOWN)}
      </pre>
    </details>
  );
}

function Purge({ letter }: { letter: ShownLetter }) {
  return (
    <details class="sheet">
      <summary>Purge…</summary>
      <form method="post" action={pathOfLetter(letter.id)} class="stack">
        <p>The letter goes for good. Nothing of it can be replayed then.</p>
        <button type="submit" name="do" value="purge" class="danger">Purge this letter</button>
      </form>
    </details>
  );
}

/** Names under which handlers' languages tell where something went wrong. */
const STACKS = ["stack", "traceback"];

function takeStack(details: Json): { stack?: string; rest: Json } {
  if (!isJsonObject(details)) return { rest: details };
  const name = STACKS.find((name) => typeof details[name] === "string" && details[name] !== "");
  if (name === undefined) return { rest: details };
  const { [name]: stack, ...rest } = details;
  return { stack: String(stack), rest };
}

function hasContent(value: Json | undefined): value is Json {
  return isJsonObject(value)
    ? Object.keys(value).length > 0
    : value !== undefined && value !== null;
}

function showJsonText(value: Json | JsonObject | undefined): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}
