import { isTerminal, type Job } from "@asya/protocol";
import { type Visit, type VisitState, waitedMs, workedMs } from "./visit.ts";

/** Parts of a bar, in thousandths of the whole width. */
export interface Bar {
  readonly waitFrom: number;
  readonly waitWidth: number;
  readonly workFrom: number;
  /** 0 where there was no work. */
  readonly workWidth: number;
}

/** One line of a waterfall. */
export interface WaterfallRow {
  /** What the row is known by among all of its job. */
  readonly key: string;
  readonly step: string;
  readonly stepIndex: number;
  readonly branch: string;
  readonly attempt: number;
  readonly state: VisitState;
  readonly bar: Bar;
  readonly waitedMs: number;
  readonly workedMs: number | undefined;
  readonly message: string;
}

/** The visits of one step; where they are many, one line stands for all. */
export interface WaterfallGroup {
  readonly step: string;
  readonly stepIndex: number;
  readonly rows: readonly WaterfallRow[];
  /** How many there are besides the rows. */
  readonly unseen: number;
  /** From when to when any of them waited or worked. */
  readonly bar: Bar;
  /** The longest wait, and the longest work, in milliseconds. */
  readonly longestWaitMs: number;
  readonly longestWorkMs: number | undefined;
}

/** Where a job's time went. */
export interface Waterfall {
  readonly groups: readonly WaterfallGroup[];
  /** From the job's beginning to its end, or to this moment, in milliseconds. */
  readonly spanMs: number;
}

/** The whole width, in the units of bars. */
export const WIDTH = 1_000;

/** Rows of one step that are listed. */
export const MAX_ROWS_OF_STEP = 100;

/** What can be seen and pointed at. */
const LEAST_WIDTH = 3;

/**
 * Lays out where a job's time went: for each step, and each try of each message there, how long it
 * waited and how long it was worked on.
 *
 * @param job the job
 * @param visits its visits, in the order in which they began
 * @param nowMs the time
 */
export function layOutWaterfall(job: Job, visits: readonly Visit[], nowMs: number): Waterfall {
  const fromMs = Date.parse(job.createdAt);
  const ends = visits.map(({ endedMs = 0 }) => endedMs);
  const endMs = isTerminal(job.status) ? Date.parse(job.updatedAt) : nowMs;
  const spanMs = Math.max(1, ends.reduce((most, ms) => Math.max(most, ms), endMs) - fromMs);
  const toMs = fromMs + spanMs;
  const at = (ms: number) => Math.round(WIDTH * Math.min(1, Math.max(0, (ms - fromMs) / spanMs)));
  const toRow = (visit: Visit): WaterfallRow => {
    const { step, stepIndex, branch, attempt, state, message } = visit;
    const key = `${stepIndex} ${branch} ${attempt}`;
    const waited = waitedMs(visit, toMs);
    const worked = workedMs(visit, toMs);
    const bar = barOf(visit, at, toMs);
    const row = { key, step, stepIndex, branch, attempt, state, message, bar };
    return { ...row, waitedMs: waited, workedMs: worked };
  };
  const byStep = Map.groupBy(visits, ({ stepIndex }) => stepIndex);
  const groups = [...byStep.values()].map((all): WaterfallGroup => {
    const rows = all.map(toRow);
    const [{ step, stepIndex }] = all as [Visit];
    const works = rows.map((row) => row.workedMs).filter((ms) => ms !== undefined);
    return {
      step,
      stepIndex,
      rows: rows.slice(0, MAX_ROWS_OF_STEP),
      unseen: Math.max(0, rows.length - MAX_ROWS_OF_STEP),
      bar: hull(rows.map(({ bar }) => bar)),
      longestWaitMs: mostOf(rows.map((row) => row.waitedMs)) ?? 0,
      longestWorkMs: mostOf(works),
    };
  });
  return { groups: groups.sort((one, other) => one.stepIndex - other.stepIndex), spanMs };
}

function barOf(visit: Visit, at: (ms: number) => number, toMs: number): Bar {
  const { availableMs, startedMs, endedMs = toMs } = visit;
  const waitFrom = at(availableMs);
  const waitEnd = at(startedMs ?? endedMs);
  if (startedMs === undefined) {
    return { ...widened(waitFrom, waitEnd), workFrom: waitEnd, workWidth: 0 };
  }
  const { waitFrom: workFrom, waitWidth: workWidth } = widened(at(startedMs), at(endedMs));
  return { waitFrom, waitWidth: Math.max(0, workFrom - waitFrom), workFrom, workWidth };
}

/** From one place to another, wide enough to be seen, and within the whole. */
function widened(from: number, to: number): Pick<Bar, "waitFrom" | "waitWidth"> {
  const width = Math.max(LEAST_WIDTH, to - from);
  return { waitFrom: Math.min(from, WIDTH - width), waitWidth: width };
}

/** One bar for many: thin from the first to the last, thick where any was worked on. */
function hull(bars: readonly Bar[]): Bar {
  const worked = bars.filter(({ workWidth }) => workWidth > 0);
  const waitFrom = leastOf(bars.map((bar) => bar.waitFrom)) ?? 0;
  const end = mostOf(bars.map((bar) => Math.max(bar.waitFrom + bar.waitWidth, endOf(bar)))) ?? 0;
  const workFrom = leastOf(worked.map((bar) => bar.workFrom)) ?? end;
  const workEnd = mostOf(worked.map(endOf)) ?? end;
  return { waitFrom, waitWidth: end - waitFrom, workFrom, workWidth: workEnd - workFrom };
}

function endOf({ workFrom, workWidth }: Bar): number {
  return workFrom + workWidth;
}

function mostOf(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b));
}

function leastOf(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.min(a, b));
}
