import { Chip } from "../status.tsx";
import { visibleText } from "../visible_text.ts";
import { formatMs } from "./duration.ts";
import { VISIT_WORDS } from "./step_words.ts";
import {
  type Bar,
  type Waterfall,
  type WaterfallGroup,
  type WaterfallRow,
  WIDTH,
} from "./waterfall_rows.ts";

/** Visits of one step that are listed one below the other before they are folded. */
const MAX_UNFOLDED = 6;

/** Steps that are listed. */
const MAX_GROUPS = 100;

const MAX_NAME = 80;

const MAX_MESSAGE = 300;

const AXIS = [0, 0.25, 0.5, 0.75, 1];

/** Where a job's time went: a line for each step and try, on one axis of time. */
export function WaterfallView({ waterfall }: { readonly waterfall: Waterfall }) {
  const { groups, spanMs } = waterfall;
  return (
    <div class="waterfall">
      <div class="line axis" aria-hidden="true">
        <span>Step</span>
        <span class="ticks">{AXIS.map((part) => tick(formatMs(part * spanMs)))}</span>
        <span class="number">waited</span>
        <span class="number">worked</span>
      </div>
      {groups.slice(0, MAX_GROUPS).map(groupView)}
      {groups.length > MAX_GROUPS && (
        <p class="soft small">{`${groups.length - MAX_GROUPS} further steps are not listed.`}</p>
      )}
    </div>
  );
}

function tick(text: string) {
  return <span>{text}</span>;
}

function groupView(group: WaterfallGroup) {
  const { rows, unseen, step, stepIndex } = group;
  if (rows.length <= MAX_UNFOLDED && unseen === 0) return <>{rows.map(rowView)}</>;
  const name = visibleText(step, MAX_NAME);
  return (
    <details data-key={`step ${stepIndex}`}>
      <summary class="line">
        <span class="cut">{`${stepIndex + 1} ${name} × ${rows.length + unseen}`}</span>
        <BarView bar={group.bar} />
        <Times waitedMs={group.longestWaitMs} workedMs={group.longestWorkMs} prefix="≤ " />
      </summary>
      {rows.map(rowView)}
      {unseen > 0 && <p class="soft small">{`${unseen} more are not listed.`}</p>}
    </details>
  );
}

function rowView(row: WaterfallRow) {
  const { step, stepIndex, branch, attempt, state, bar } = row;
  const places = branch.split("/").slice(1).map((part) => Number(part.split(":")[0]) + 1);
  return (
    <div class="line" data-key={row.key}>
      <span class="row what">
        <span class="cut" title={visibleText(row.message, MAX_MESSAGE)}>
          {`${stepIndex + 1} ${visibleText(step, MAX_NAME)}`}
        </span>
        {places.length > 0 && (
          <span class="chip" title={branch}>{`branch ${places.join(".")}`}</span>
        )}
        {attempt > 1 && <span class="chip wait">{`try ${attempt}`}</span>}
        {state !== "done" && <Chip {...VISIT_WORDS[state]} />}
      </span>
      <BarView bar={bar} />
      <Times waitedMs={row.waitedMs} workedMs={row.workedMs} prefix="" />
    </div>
  );
}

function Times(
  { waitedMs, workedMs, prefix }: {
    readonly waitedMs: number;
    readonly workedMs: number | undefined;
    readonly prefix: string;
  },
) {
  return (
    <>
      <span class="number" data-name="waited">{prefix + formatMs(waitedMs)}</span>
      <span class="number" data-name="worked">
        {workedMs === undefined ? "–" : prefix + formatMs(workedMs)}
      </span>
    </>
  );
}

/** Thin for what waited, thick for what was worked on: the numbers beside it say the same. */
function BarView({ bar }: { readonly bar: Bar }) {
  return (
    <svg class="bar" viewBox={`0 0 ${WIDTH} 12`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="wait" x={bar.waitFrom} y="4.5" width={bar.waitWidth} height="3" />
      {bar.workWidth > 0 &&
        <rect class="work" x={bar.workFrom} y="0" width={bar.workWidth} height="12" rx="2" />}
    </svg>
  );
}
