import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { lineage } from "./lineage_schema.ts";
import {
  anything,
  choice,
  convert,
  count,
  list,
  number,
  object,
  optionalOrNull,
  optionalText,
  type Read,
  type ReadResult,
  readWith,
  type Schema,
  text,
} from "./schema.ts";

/** The points of a step at which a sidecar reports: it has the message, works on it, is done. */
export const PROGRESS_STATUSES = ["received", "processing", "completed"] as const;

/** One of {@linkcode PROGRESS_STATUSES}. */
export type ProgressStatus = (typeof PROGRESS_STATUSES)[number];

/** How much of a step counts as done at each of its points, in percent. */
export const PROGRESS_WEIGHTS: Readonly<Record<ProgressStatus, number>> = {
  received: 10,
  processing: 50,
  completed: 100,
};

/** What a sidecar tells the gateway about one step of a job. */
export interface ProgressReport {
  /** The step's name, which is its queue's name. */
  readonly step: string;
  /** 0-based position of the step in the route. */
  readonly stepIndex: number;
  /** Steps in the route as the reporter knows it. */
  readonly totalSteps: number;
  /** The point that the step has reached. */
  readonly status: ProgressStatus;
  /** Name of the actor that reports; the step's name where it says none. */
  readonly actorName: string;
  /** A sentence for a person; `""` when there is nothing to say. */
  readonly message: string;
  /** Milliseconds the step took so far. */
  readonly durationMs?: number;
  /** Size of the message's body, in units of 1024 bytes. */
  readonly messageSizeKb?: number;
  /** Fan-out lineage of the message (see `lineage.ts`). */
  readonly branch?: string;
  /** How far the handler itself says it is, 0 to 1. */
  readonly fraction?: number;
  /** A chunk that the handler streamed. */
  readonly partial?: Json;
  /** 0-based number of the chunk within its step's try, so that a repeated one is recognised. */
  readonly seq?: number;
  /** The whole route from now on, where the step has changed what lies ahead. */
  readonly steps?: readonly string[];
}

/** A progress report with the job it is about, as a batch carries it. */
export interface JobProgress {
  /** The job's id; not empty. */
  readonly jobId: string;
  /** What is reported of it. */
  readonly report: ProgressReport;
}

/** A batch of progress reports: what can be used, and what is wrong with the rest. */
export interface ProgressBatch {
  /** The reports that can be used, in the order in which they came. */
  readonly updates: JobProgress[];
  /** One sentence each, beginning with `updates[<index>]`; a report may have several. */
  readonly problems: string[];
  /** How many reports cannot be used. */
  readonly refused: number;
}

const fields = {
  step: text("the step's name, which is its queue's name"),
  stepIndex: count(0, "0-based position of the step in the route"),
  totalSteps: count(1, "steps in the route as the reporter knows it"),
  status: choice(PROGRESS_STATUSES, "the point that the step has reached"),
  actorName: optionalText("the actor that reports; the step's name where it says none"),
  message: optionalText("a sentence for a person"),
  durationMs: optionalOrNull(number(0, Infinity, "milliseconds the step took so far")),
  messageSizeKb: optionalOrNull(number(0, Infinity, "size of the message, in units of 1024 bytes")),
  branch: lineage,
  fraction: optionalOrNull(number(0, 1, "how far the handler itself says it is")),
  partial: anything("a chunk that the handler streamed"),
  seq: optionalOrNull(count(0, "0-based number of the chunk within its step's try")),
  steps: optionalOrNull(
    list(text("a queue's name"), "the whole route, where the step changed what lies ahead", {
      minItems: 1,
      allowed: "a non-empty list of queue names",
    }),
  ),
};

const wire = object(fields, {
  description: "What a sidecar tells about one step of a job; further fields are ignored.",
});

const toReport = (given: Read<typeof wire>): ProgressReport => ({
  ...given,
  actorName: given.actorName ?? given.step,
  message: given.message ?? "",
});

/** Reads a progress report; fields it does not know are ignored. */
export const progressReportSchema: Schema<ProgressReport> = convert(wire, toReport);

/** Reads a progress report that says which job it is about, as a batch carries it. */
export const jobProgressSchema: Schema<JobProgress> = convert(
  object({ ...fields, jobId: text("the job's id") }, {
    description: "A report with the job it is about.",
  }),
  ({ jobId, ...given }) => ({ jobId, report: toReport(given) }),
);

/** Several times as many as a sidecar sends at once. */
const MAX_UPDATES = 10_000;

const updates = list(anything("a report; a bad one is named in the answer"), "reports, in order", {
  maxItems: MAX_UPDATES,
  allowed: `a list of up to ${MAX_UPDATES}`,
});

/** Reads a batch of progress reports, where a bad one does not spoil the rest. */
export const progressBatchSchema: Schema<ProgressBatch> = convert(
  object({
    updates: {
      ...updates,
      json: { ...updates.json, items: { anyOf: [jobProgressSchema.json, {}] } },
    },
  }),
  (batch) => sortOut(batch.updates),
);

/**
 * How far a job is, in percent with one decimal:
 * `(stepIndex · 100 + weight) / totalSteps`, at most 100.
 *
 * The weight is the status's own; a fraction fills the range between `processing` and `completed`.
 *
 * @param report which step, of how many, at which point
 * @example
 * ```ts
 * import { progressPercent } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(progressPercent({ stepIndex: 0, totalSteps: 3, status: "completed" }), 33.3);
 * assert.equal(progressPercent({ stepIndex: 1, totalSteps: 2, status: "received" }), 55);
 * assert.equal(
 *   progressPercent({ stepIndex: 0, totalSteps: 1, status: "processing", fraction: 0.5 }),
 *   75,
 * );
 * ```
 */
export function progressPercent(
  report: Pick<ProgressReport, "stepIndex" | "totalSteps" | "status" | "fraction">,
): number {
  const { stepIndex, totalSteps, status, fraction } = report;
  const { processing, completed } = PROGRESS_WEIGHTS;
  const weight = status === "processing" && fraction !== undefined
    ? processing + fraction * (completed - processing)
    : PROGRESS_WEIGHTS[status];
  return oneDecimal(Math.min(100, (stepIndex * 100 + weight) / totalSteps));
}

/**
 * Rounds a percentage to the one decimal in which it is shown.
 *
 * @param percent 0 to 100
 * @example
 * ```ts
 * import { oneDecimal } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(oneDecimal(66.666), 66.7);
 * ```
 */
export function oneDecimal(percent: number): number {
  return Math.round(percent * 10) / 10;
}

/**
 * Parses a progress report. Fields it does not know are ignored.
 *
 * @param value parsed JSON
 * @example
 * ```ts
 * import { parseProgressReport } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const parsed = parseProgressReport({
 *   step: "ocr", step_index: 0, total_steps: 2, status: "received", actor_name: "ocr",
 * });
 * assert.equal(parsed.ok && parsed.value.message, "");
 * const bad = parseProgressReport({ step: "ocr", step_index: -1, total_steps: 2, status: "done" });
 * assert.deepEqual(bad.ok ? [] : bad.problems, [
 *   "step_index is -1; a whole number from 0 is allowed",
 *   'status is "done"; received, processing or completed is allowed',
 * ]);
 * ```
 */
export function parseProgressReport(value: unknown): ReadResult<ProgressReport> {
  return readWith(progressReportSchema, value, "the report");
}

/**
 * Parses a batch of progress reports; a bad one does not spoil the rest.
 *
 * @param value parsed JSON: `{"updates": [{"job_id": …, …}]}`
 * @returns what can be used of it, or why it is no batch at all
 * @example
 * ```ts
 * import { parseProgressBatch } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const good = { job_id: "j1", step: "ocr", step_index: 0, total_steps: 1, status: "received" };
 * const batch = parseProgressBatch({ updates: [good, { job_id: "j2" }] });
 * assert.deepEqual(batch.ok && batch.value.updates.map((update) => update.jobId), ["j1"]);
 * assert.equal(batch.ok && batch.value.problems[0], "updates[1]: step is nothing; a non-empty text is allowed");
 * ```
 */
export function parseProgressBatch(value: unknown): ReadResult<ProgressBatch> {
  return readWith(progressBatchSchema, value, "the body");
}

/**
 * The JSON of a progress report.
 *
 * @param report the report
 * @example
 * ```ts
 * import { parseProgressReport, progressToWire, type ProgressReport } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const report: ProgressReport = {
 *   step: "ocr", stepIndex: 0, totalSteps: 2, status: "processing", actorName: "ocr-large",
 *   message: "page 3", fraction: 0.5,
 * };
 * assert.deepEqual(parseProgressReport(progressToWire(report)), { ok: true, value: report });
 * ```
 */
export function progressToWire(report: ProgressReport): JsonObject {
  return {
    step: report.step,
    step_index: report.stepIndex,
    total_steps: report.totalSteps,
    status: report.status,
    actor_name: report.actorName,
    message: report.message,
    ...pick("duration_ms", report.durationMs),
    ...pick("message_size_kb", report.messageSizeKb),
    ...pick("branch", report.branch),
    ...pick("fraction", report.fraction),
    ...pick("partial", report.partial),
    ...pick("seq", report.seq),
    ...pick("steps", report.steps && [...report.steps]),
  };
}

/**
 * Reads, from the answer to a progress report or a batch, the jobs whose work should stop. Total:
 * an answer of another shape names none.
 *
 * @param value parsed JSON of the answer
 * @example
 * ```ts
 * import { parseInactive } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseInactive({ status: "ok", inactive: ["j1"] }), ["j1"]);
 * assert.deepEqual(parseInactive({ status: "ok", progress_percent: 10 }), []);
 * ```
 */
export function parseInactive(value: unknown): string[] {
  if (!isJsonObject(value) || !Array.isArray(value.inactive)) return [];
  return value.inactive.filter((id) => typeof id === "string");
}

/** Parts what can be used from what is wrong with the rest. */
function sortOut(items: readonly unknown[]): ProgressBatch {
  const updates: JobProgress[] = [];
  const problems: string[] = [];
  items.forEach((item, index) => {
    const read = readWith(jobProgressSchema, item, "the report");
    if (read.ok) updates.push(read.value);
    else problems.push(...read.problems.map((problem) => `updates[${index}]: ${problem}`));
  });
  return { updates, problems, refused: items.length - updates.length };
}

function pick<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
