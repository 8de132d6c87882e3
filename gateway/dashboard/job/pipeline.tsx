import type { Job } from "@asya/protocol";
import { Chip } from "../status.tsx";
import { visibleText } from "../visible_text.ts";
import { formatMs } from "./duration.ts";
import type { StepSummary } from "./step_summary.ts";
import { STEP_WORDS } from "./step_words.ts";

/** Steps at the beginning of a long route that are drawn, and as many at its end. */
const MAX_AT_ENDS = 40;

const MAX_NAME = 80;

/** What a route is drawn with. */
export interface PipelineProps {
  readonly job: Job;
  readonly steps: readonly StepSummary[];
}

/** A job's route: its steps in a row, each with how it gets on and how long it took. */
export function Pipeline({ job, steps }: PipelineProps) {
  const { rerouted } = job;
  const left = steps.slice(0, MAX_AT_ENDS);
  const right = steps.slice(Math.max(MAX_AT_ENDS, steps.length - MAX_AT_ENDS));
  const between = steps.length - left.length - right.length;
  return (
    <>
      <ol class="pipeline">
        {left.map(stepCard)}
        {between > 0 && <li class="step none">{`${between} further steps`}</li>}
        {right.map(stepCard)}
      </ol>
      {rerouted && (
        <p class="notice small">
          {`The route was changed on its way, last by step ${
            rerouted.atStep + 1
          }. It was planned as `}
          <span class="mono breaks">
            {rerouted.planned.slice(0, MAX_AT_ENDS).map((name) => visibleText(name, MAX_NAME))
              .join(" → ")}
          </span>
        </p>
      )}
    </>
  );
}

function stepCard(step: StepSummary) {
  const { mood, word } = STEP_WORDS[step.state];
  const { messages, done, retries, longestWaitMs, longestWorkMs } = step;
  const most = messages > 1 ? "up to " : "";
  return (
    <li class={`step ${mood}`} data-key={`step-${step.index}`}>
      <div class="row">
        <span class="soft small">{step.index + 1}</span>
        <strong class="cut" title={visibleText(step.name)}>
          {visibleText(step.name, MAX_NAME)}
        </strong>
      </div>
      <div class="row">
        <Chip mood={mood} word={word} />
        {messages > 1 && <span class="small">{`${done} of ${messages}`}</span>}
        {retries > 0 && <span class="chip wait">{`${retries} × again`}</span>}
        {step.isJoin && <span class="chip">join</span>}
        {step.isAdded && <span class="chip">added</span>}
      </div>
      <dl class="times small">
        {longestWaitMs !== undefined && (
          <div>
            <dt>waited</dt>
            <dd>{most + formatMs(longestWaitMs)}</dd>
          </div>
        )}
        {longestWorkMs !== undefined && (
          <div>
            <dt>worked</dt>
            <dd>{most + formatMs(longestWorkMs)}</dd>
          </div>
        )}
      </dl>
    </li>
  );
}
