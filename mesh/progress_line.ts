import type { JobProgress } from "./gateway_client.ts";

/** What a progress line may take and use. */
export interface LineStyle {
  /** Columns of the terminal. */
  readonly columns: number;
  /** Whether to use ANSI colours. */
  readonly colour: boolean;
}

const BAR_COLUMNS = 24;
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
 * assert.equal(line, `${"█".repeat(12)}${" ".repeat(12)} 50% ocr: processing`);
 * ```
 */
export function progressLine(progress: JobProgress, style: LineStyle): string {
  const bar = barOf(progress.percent);
  const percent = `${Math.floor(progress.percent)}%`.padStart(4);
  const room = style.columns - BAR_COLUMNS - percent.length - 2;
  const words = [...describe(progress)].slice(0, Math.max(0, room)).join("");
  return `${style.colour ? `\x1b[36m${bar}\x1b[0m` : bar}${percent} ${words}`;
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
  return `${`${Math.floor(progress.percent)}%`.padStart(4)} ${describe(progress)}`;
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
  const line = words.replaceAll(/\s+/g, " ");
  return step === "" ? line : `${step}: ${line}`;
}

/** A bar in steps of an eighth of a column. */
function barOf(percent: number): string {
  const eighths = Math.round(Math.min(100, Math.max(0, percent)) / 100 * BAR_COLUMNS * 8);
  const full = "█".repeat(Math.floor(eighths / 8));
  return (full + EIGHTHS[eighths % 8]).padEnd(BAR_COLUMNS);
}
