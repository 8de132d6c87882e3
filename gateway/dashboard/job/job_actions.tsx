import { isTerminal } from "@asya/protocol";
import { DraftKey } from "../draft_key.tsx";
import { editableJson } from "../editable_json.ts";
import { jobPath } from "../paths.ts";
import { visibleText } from "../visible_text.ts";
import type { JobPageParts } from "./job_page_parts.ts";

/** Steps that a form offers. */
const MAX_STEPS = 200;

const MAX_NAME = 80;

/** What can be done to a job: each behind a first step that does nothing yet. */
export function JobActions(parts: JobPageParts) {
  const { stored: { job }, draft, seesLetters } = parts;
  const isActive = !isTerminal(job.status);
  // What was given up may be in the queue of dead letters, as the failing step had it.
  const hasLetter = job.status === "Failed" && job.endedBy === "report";
  return (
    <section id="actions" data-live class="sheet actions" aria-label="Actions">
      {isActive && (
        <details class="action" data-key="cancel">
          <summary>Cancel…</summary>
          <form class="row" method="post" action={jobPath(job.id, "/cancel")}>
            <span>At most one further step of each branch runs. This is for good.</span>
            <button type="submit" class="danger">Cancel this job</button>
          </form>
        </details>
      )}
      {job.firstStep === 0 && (
        <details class="action" data-key="retry">
          <summary>Retry…</summary>
          <form class="row" method="post" action={jobPath(job.id, "/replay")}>
            <DraftKey draftKey={parts.draftKey} />
            <span>A new job of the same tool, from the first step, with the same payload.</span>
            <button type="submit" class="main">Make a new job</button>
          </form>
        </details>
      )}
      <details class="action" data-key="replay" open={draft !== undefined}>
        <summary>Replay from a step…</summary>
        <ReplayForm {...parts} />
      </details>
      {seesLetters && hasLetter && (
        <a class="button" href={`/dashboard/dead-letters?${new URLSearchParams({ job: job.id })}`}>
          Its dead letters
        </a>
      )}
    </section>
  );
}

function ReplayForm({ stored, draft, draftKey }: JobPageParts) {
  const { job, payload } = stored;
  const text = draft?.payload ?? editableJson(payload);
  const chosen = draft?.fromStep ?? job.firstStep;
  const { steps } = job.route;
  return (
    <form class="stack" method="post" action={jobPath(job.id, "/replay")}>
      {draft?.problem !== undefined && (
        <p class="notice bad" role="alert">{visibleText(draft.problem, 500)}</p>
      )}
      <DraftKey draftKey={draftKey} />
      <div>
        <label for="from-step">Step to begin with</label>
        <select id="from-step" name="from_step">
          {steps.slice(0, MAX_STEPS).map((name, index) =>
            stepOption(name, index, index === chosen)
          )}
        </select>
      </div>
      <div>
        <label for="replay-payload">What that step gets, as JSON</label>
        <textarea
          id="replay-payload"
          name="payload"
          class="mono"
          rows={10}
          spellcheck={false}
        >
          {text}
        </textarea>
      </div>
      {text === undefined && (
        <p class="soft small">
          The payload is too long to be edited here; with nothing written, the first step gets it as
          it is.
        </p>
      )}
      <button type="submit" class="main">Make a new job</button>
    </form>
  );
}

function stepOption(name: string, index: number, isChosen: boolean) {
  const text = `${index + 1} ${visibleText(name, MAX_NAME)}`;
  return <option value={String(index)} selected={isChosen}>{text}</option>;
}
