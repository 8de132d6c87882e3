import { Chip } from "../status.tsx";
import { visibleText } from "../visible_text.ts";
import type { Branch, FanOut } from "./branch_tree.ts";
import { foldBranches } from "./fold_branches.ts";
import { BRANCH_WORDS, VISIT_WORDS } from "./step_words.ts";
import type { Visit } from "./visit.ts";

/** Branches of one fan-out that are shown one by one. */
const MAX_OF_FAN_OUT = 12;

/** Fan-outs of one branch that are shown, and fan-outs one within the other. */
const MAX_FAN_OUTS = 4;
const MAX_DEPTH = 4;

/** Tries of one branch that are shown. */
const MAX_VISITS = 20;

const MAX_NAME = 60;

const MAX_REASON = 400;

/** The branches of a job, as trees of lists; large fan-outs are folded. */
export function Branches({ root }: { readonly root: Branch }) {
  return <div class="branches">{fanOutsOf(root, 0)}</div>;
}

function fanOutsOf({ fanOuts, lineage }: Branch, depth: number) {
  return fanOuts.slice(0, MAX_FAN_OUTS).map((fanOut, index) =>
    fanOutList(fanOut, `${lineage} ${index}`, depth)
  );
}

function fanOutList(fanOut: FanOut, key: string, depth: number) {
  const { shown, folded } = foldBranches(fanOut, MAX_OF_FAN_OUT);
  const { count, states } = fanOut;
  const counts = Object.entries(states).filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  return (
    <details class="fan-out" open={depth < 2} data-key={`fan-out ${key}`}>
      <summary>
        <span class="row inline">
          <strong>{`${count} branches`}</strong>
          <span class="soft">{counts.join(" · ")}</span>
          <progress max={count} value={states.done} aria-label="branches done" />
        </span>
      </summary>
      <ul>
        {shown.map((branch) => branchItem(branch, count, depth))}
        {folded.map(({ state, count }) => (
          foldedItem(`${count} further ${count === 1 ? "branch" : "branches"}: ${state}`)
        ))}
      </ul>
    </details>
  );
}

function branchItem(branch: Branch, count: number, depth: number) {
  const { lineage, index = 0, state, reason, visits, fanOuts } = branch;
  return (
    <li data-key={`branch ${lineage}`}>
      <div class="row">
        <span class="branch-name" title={lineage}>{`${index + 1} of ${count}`}</span>
        <Chip {...BRANCH_WORDS[state]} />
        <span class="dots">{visits.slice(-MAX_VISITS).map(visitDot)}</span>
      </div>
      {reason !== undefined && <p class="small soft breaks">{visibleText(reason, MAX_REASON)}</p>}
      {fanOuts.length > 0 &&
        (depth + 1 < MAX_DEPTH
          ? fanOutsOf(branch, depth + 1)
          : <span class="soft small">It has branches of its own, which are not shown.</span>)}
    </li>
  );
}

function foldedItem(text: string) {
  return <li class="soft small">{text}</li>;
}

function visitDot({ step, state, attempt }: Visit) {
  const { mood, word } = VISIT_WORDS[state];
  const again = attempt > 1 ? `, try ${attempt}` : "";
  return (
    <span class={`dot ${mood}`} title={`${visibleText(step, MAX_NAME)}: ${word}${again}`}>
      {visibleText(step, MAX_NAME)}
    </span>
  );
}
