import { printable } from "@asya/program";
import type { Json } from "@asya/protocol";
import { cutText } from "./cut_text.ts";
import { formatElapsed } from "./format_elapsed.ts";

/** How far a job is. */
export interface JobProgress {
  /** 0 to 100. */
  readonly percent: number;
  readonly message: string;
  readonly step: string;
  /** The step's place in the route, from 0 on, where it is known. */
  readonly stepIndex?: number;
  /** A chunk that the handler streamed. */
  readonly partial?: Json;
  /** Which of how many, from 1 on. */
  readonly place?: { readonly at: number; readonly of: number };
  /** Milliseconds since it began. */
  readonly elapsedMs?: number;
}

/** What a progress line may take and use. */
export interface LineStyle {
  /** Columns of the terminal. */
  readonly columns: number;
  /** Whether to use ANSI colours. */
  readonly colour: boolean;
}

/** The widest bar, and the narrowest that says something. */
const BAR_COLUMNS = { most: 24, least: 8 } as const;
/** Room that the percentage takes, and what is left to words before the bar takes any. */
const PERCENT_COLUMNS = 4;
const WORDS_COLUMNS = 20;
const LINE_EVERY_PERCENT = 5;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * Writes how far a job is as one line with a bar, no longer than the terminal is wide.
 *
 * @param progress how far it is
 * @param style the terminal
 * @example
 * ```ts
 * import { progressLine } from "./progress_line.ts";
 * import assert from "node:assert/strict";
 * const progress = { percent: 50, message: "processing", step: "ocr" };
 * const line = progressLine(progress, { columns: 60, colour: false });
 * assert.equal(line, `${"█".repeat(12)}${" ".repeat(12)}  50% ocr: processing`);
 * assert.equal(progressLine(progress, { columns: 16, colour: false }), " 50% ocr: proce…");
 * ```
 */
export function progressLine(progress: JobProgress, style: LineStyle): string {
  const percent = percentOf(progress);
  const spare = style.columns - PERCENT_COLUMNS - 1 - WORDS_COLUMNS;
  const barColumns = spare < BAR_COLUMNS.least ? 0 : Math.min(spare, BAR_COLUMNS.most);
  const bar = barOf(progress.percent, barColumns);
  const start = bar === "" ? percent : `${style.colour ? `\x1b[36m${bar}\x1b[0m` : bar} ${percent}`;
  const taken = PERCENT_COLUMNS + (bar === "" ? 0 : barColumns + 1);
  const { place, elapsedMs } = progress;
  const since = elapsedMs === undefined ? "" : ` ${formatElapsed(elapsedMs)}`;
  const where = place === undefined ? "" : `${place.at}/${place.of} `;
  const room = style.columns - taken - 1;
  const words = cutText(where + describe(progress), room - since.length);
  // Where there is no room for words, there is none for anything else.
  return `${start} ${words === "" ? "" : words + since}`;
}

/**
 * Writes how far a job is for a log: without bar, one line for each update.
 *
 * @param progress how far it is
 * @example
 * ```ts
 * import { plainProgressLine } from "./progress_line.ts";
 * import assert from "node:assert/strict";
 * const progress = { percent: 33.3, message: "received", step: "ocr" };
 * assert.equal(plainProgressLine(progress), " 33% ocr: received");
 * ```
 */
export function plainProgressLine(progress: JobProgress): string {
  return `${percentOf(progress)} ${describe(progress)}`;
}

/**
 * Whether a line of a log is worth it after the one before: something else is being done, or five
 * percent more of it.
 *
 * @param progress how far the job is
 * @param before what was last written, if anything
 * @example
 * ```ts
 * import { isWorthALine } from "./progress_line.ts";
 * import assert from "node:assert/strict";
 * const before = { percent: 10, message: "reading page 1", step: "ocr" };
 * assert.equal(isWorthALine({ ...before, percent: 12 }, before), false);
 * assert.equal(isWorthALine({ ...before, percent: 15 }, before), true);
 * assert.equal(isWorthALine({ ...before, message: "reading page 2" }, before), true);
 * ```
 */
export function isWorthALine(progress: JobProgress, before: JobProgress | undefined): boolean {
  return before === undefined || describe(progress) !== describe(before) ||
    Math.abs(progress.percent - before.percent) >= LINE_EVERY_PERCENT;
}

/** What is being done, and where; of a streamed chunk, the chunk itself. */
function describe({ step, message, partial }: JobProgress): string {
  const words = partial === undefined ? message : JSON.stringify(partial);
  const line = printable(words).replaceAll(/\s+/g, " ");
  return step === "" ? line : `${step}: ${line}`;
}

function percentOf({ percent }: JobProgress): string {
  return `${Math.floor(percent)}%`.padStart(PERCENT_COLUMNS);
}

/** A bar in steps of an eighth of a column. */
function barOf(percent: number, columns: number): string {
  const eighths = Math.round(Math.min(100, Math.max(0, percent)) / 100 * columns * 8);
  const full = "█".repeat(Math.floor(eighths / 8));
  return (full + EIGHTHS[eighths % 8]).padEnd(columns);
}
