import { isJsonObject, type Json, type JsonObject, kindOf } from "./json.ts";
import { parseBranch } from "./lineage.ts";

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
}

/** A progress report with the job it is about, as a batch carries it. */
export interface JobProgress {
  /** The job's id; not empty. */
  readonly jobId: string;
  /** What is reported of it. */
  readonly report: ProgressReport;
}

/** The states an actor without steps reports. */
export const HEARTBEAT_STATUSES = ["picked_up", "processing", "completed", "error"] as const;

/** A sign of life from an actor. */
export interface Heartbeat {
  /** Name of the actor; `""` where it says none. */
  readonly actorName: string;
  /** What the actor does with the job; `error` does not end it. */
  readonly status: (typeof HEARTBEAT_STATUSES)[number];
  /** A sentence for a person; `""` when there is nothing to say. */
  readonly message: string;
  /** 0-based position of the actor's step in the route, where it knows it. */
  readonly stepIndex?: number;
}

/** How a job, or one branch of it, ended. */
export interface FinalReport {
  /** The job, where the report repeats it. */
  readonly jobId?: string;
  /** `failed` only when nobody tries again. */
  readonly status: "succeeded" | "failed";
  /** What came of it, any JSON; absent where it is only stored (see `resultUri`). */
  readonly result?: Json;
  /** A failure's code, or free text. */
  readonly error?: string;
  /** What the failing step said: `message`, `type`, `severity`, `step` and the like. */
  readonly errorDetails?: JsonObject;
  /** Fan-out lineage of the message that ended. */
  readonly branch?: string;
  /** The route as it was when it ended: handlers may have changed it. */
  readonly steps?: readonly string[];
  /** Steps of that route that have run. */
  readonly current?: number;
  /** Where the result is stored. */
  readonly resultUri?: string;
  /** RFC 3339 time at which it ended, by the reporter's clock. */
  readonly timestamp?: string;
}

/** What a parser made of a report: the report, or everything that is wrong with it. */
export type ParsedReport<R> = { ok: true; report: R } | { ok: false; problems: string[] };

/** A batch of progress reports: what can be used, and what is wrong with the rest. */
export interface ProgressBatch {
  /** The reports that can be used, in the order in which they came. */
  readonly updates: JobProgress[];
  /** One sentence each, beginning with `updates[<index>]`. */
  readonly problems: string[];
}

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
 * assert.equal(parsed.ok && parsed.report.message, "");
 * const bad = parseProgressReport({ step: "ocr", step_index: -1, total_steps: 2, status: "done" });
 * assert.deepEqual(bad.ok ? [] : bad.problems, [
 *   "step_index is -1; a whole number from 0 is allowed",
 *   'status is "done"; received, processing or completed is allowed',
 * ]);
 * ```
 */
export function parseProgressReport(value: unknown): ParsedReport<ProgressReport> {
  return parseFields(value, (fields) => {
    const step = fields.text("step");
    return {
      step,
      stepIndex: fields.count("step_index", 0),
      totalSteps: fields.count("total_steps", 1),
      status: fields.choice("status", PROGRESS_STATUSES),
      actorName: fields.optionalText("actor_name") ?? step,
      message: fields.optionalText("message") ?? "",
      ...pick("durationMs", fields.optionalNumber("duration_ms", 0, Infinity)),
      ...pick("messageSizeKb", fields.optionalNumber("message_size_kb", 0, Infinity)),
      ...pick("branch", fields.optionalBranch("branch")),
      ...pick("fraction", fields.optionalNumber("fraction", 0, 1)),
      ...pick("partial", fields.json("partial")),
      ...pick("seq", fields.optionalCount("seq")),
    };
  });
}

/**
 * Parses a batch of progress reports; a bad one does not spoil the rest.
 *
 * @param value parsed JSON: `{"updates": [{"job_id": …, …}]}`
 * @returns `undefined` when it is no batch at all
 * @example
 * ```ts
 * import { parseProgressBatch } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const good = { job_id: "j1", step: "ocr", step_index: 0, total_steps: 1, status: "received" };
 * const batch = parseProgressBatch({ updates: [good, { job_id: "j2" }] });
 * assert.deepEqual(batch?.updates.map((update) => update.jobId), ["j1"]);
 * assert.equal(batch?.problems[0], "updates[1]: step is nothing; a non-empty text is allowed");
 * ```
 */
export function parseProgressBatch(value: unknown): ProgressBatch | undefined {
  if (!isJsonObject(value) || !Array.isArray(value.updates)) return undefined;
  const updates: JobProgress[] = [];
  const problems: string[] = [];
  value.updates.forEach((item, index) => {
    const jobId = isJsonObject(item) ? item.job_id : undefined;
    const parsed = parseProgressReport(item);
    const found = parsed.ok ? [] : parsed.problems;
    if (typeof jobId !== "string" || jobId === "") {
      found.push(`job_id is ${shown(jobId)}; a non-empty text is allowed`);
    } else if (parsed.ok) updates.push({ jobId, report: parsed.report });
    problems.push(...found.map((problem) => `updates[${index}]: ${problem}`));
  });
  return { updates, problems };
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
 * assert.deepEqual(parseProgressReport(progressToWire(report)), { ok: true, report });
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

/**
 * Parses a heartbeat.
 *
 * @param value parsed JSON
 * @example
 * ```ts
 * import { parseHeartbeat } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(parseHeartbeat({ actor_name: "ocr", status: "picked_up" }).ok, true);
 * assert.equal(parseHeartbeat({ actor_name: "ocr", status: "asleep" }).ok, false);
 * ```
 */
export function parseHeartbeat(value: unknown): ParsedReport<Heartbeat> {
  return parseFields(value, (fields) => ({
    actorName: fields.optionalText("actor_name") ?? "",
    status: fields.choice("status", HEARTBEAT_STATUSES),
    message: fields.optionalText("message") ?? "",
    ...pick("stepIndex", fields.optionalCount("step_index")),
  }));
}

/**
 * Parses a final report. Fields it does not know (`progress` among them) are ignored.
 *
 * @param value parsed JSON
 * @example
 * ```ts
 * import { parseFinalReport } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const parsed = parseFinalReport({
 *   status: "succeeded", result: { answer: 42 }, metadata: { s3_uri: "s3://bucket/key" },
 * });
 * assert.equal(parsed.ok && parsed.report.resultUri, "s3://bucket/key");
 * const bad = parseFinalReport({ status: "ok" });
 * assert.deepEqual(bad.ok ? [] : bad.problems, [
 *   'status is "ok"; succeeded or failed is allowed',
 * ]);
 * ```
 */
export function parseFinalReport(value: unknown): ParsedReport<FinalReport> {
  return parseFields(value, (fields) => {
    const metadata = fields.optionalObject("metadata");
    const uri = metadata?.s3_uri;
    return {
      ...pick("jobId", fields.optionalText("job_id")),
      status: fields.choice("status", ["succeeded", "failed"]),
      ...pick("result", fields.json("result")),
      ...pick("error", fields.optionalText("error")),
      ...pick("errorDetails", fields.optionalObject("error_details")),
      ...pick("branch", fields.optionalBranch("branch")),
      ...pick("steps", fields.optionalSteps("steps")),
      ...pick("current", fields.optionalCount("current")),
      ...pick("resultUri", typeof uri === "string" && uri !== "" ? uri : undefined),
      ...pick("timestamp", fields.optionalText("timestamp")),
    };
  });
}

/**
 * The JSON of a final report.
 *
 * @param report the report
 * @example
 * ```ts
 * import { finalToWire, type FinalReport, parseFinalReport } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const report: FinalReport = {
 *   jobId: "j1", status: "failed", error: "processing_error", branch: "/0:2:ab",
 *   steps: ["ocr"], current: 0, resultUri: "file:///errors/j1.json",
 * };
 * assert.deepEqual(parseFinalReport(finalToWire(report)), { ok: true, report });
 * ```
 */
export function finalToWire(report: FinalReport): JsonObject {
  return {
    ...pick("job_id", report.jobId),
    status: report.status,
    ...pick("result", report.result),
    ...pick("error", report.error),
    ...pick("error_details", report.errorDetails),
    ...pick("branch", report.branch),
    ...pick("steps", report.steps && [...report.steps]),
    ...pick("current", report.current),
    ...(report.resultUri !== undefined && { metadata: { s3_uri: report.resultUri } }),
    ...pick("timestamp", report.timestamp),
  };
}

/** Reads the fields of one report; every problem found is kept. */
class Fields {
  readonly problems: string[] = [];

  constructor(private readonly value: JsonObject) {}

  json(name: string): Json | undefined {
    return this.value[name];
  }

  text(name: string): string {
    const value = this.value[name];
    if (typeof value === "string" && value !== "") return value;
    return this.refuse(name, "a non-empty text", "");
  }

  optionalText(name: string): string | undefined {
    const value = this.value[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== "string") return this.refuse(name, "a text", undefined);
    return value === "" ? undefined : value;
  }

  count(name: string, min: number): number {
    const value = this.value[name];
    if (isWhole(value) && value >= min) return value;
    return this.refuse(name, `a whole number from ${min}`, min);
  }

  optionalCount(name: string): number | undefined {
    return this.value[name] === undefined || this.value[name] === null
      ? undefined
      : this.count(name, 0);
  }

  optionalNumber(name: string, min: number, max: number): number | undefined {
    const value = this.value[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value === "number" && value >= min && value <= max) return value;
    const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
    return this.refuse(name, `a number, ${range},`, undefined);
  }

  choice<const C extends string>(name: string, choices: readonly [C, ...C[]]): C {
    const value = this.value[name];
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const allowed = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
    return this.refuse(name, allowed, choices[0]);
  }

  optionalObject(name: string): JsonObject | undefined {
    const value = this.value[name] ?? undefined;
    if (value === undefined || isJsonObject(value)) return value;
    return this.refuse(name, "an object", undefined);
  }

  optionalSteps(name: string): string[] | undefined {
    const value = this.value[name] ?? undefined;
    if (value === undefined) return undefined;
    const steps = Array.isArray(value) ? value.filter((step) => typeof step === "string") : [];
    if (Array.isArray(value) && steps.length === value.length && steps.length > 0) return steps;
    return this.refuse(name, "a non-empty list of queue names", undefined);
  }

  optionalBranch(name: string): string | undefined {
    const branch = this.optionalText(name);
    if (branch === undefined || parseBranch(branch)) return branch;
    return this.refuse(name, 'a lineage such as "/0:3:ab12"', undefined);
  }

  private refuse<T>(name: string, allowed: string, instead: T): T {
    this.problems.push(`${name} is ${shown(this.value[name])}; ${allowed} is allowed`);
    return instead;
  }
}

function parseFields<R>(value: unknown, read: (fields: Fields) => R): ParsedReport<R> {
  if (!isJsonObject(value)) {
    return { ok: false, problems: [`the report is ${kindOf(value)}; an object is allowed`] };
  }
  const fields = new Fields(value);
  const report = read(fields);
  const { problems } = fields;
  return problems.length > 0 ? { ok: false, problems } : { ok: true, report };
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** A value as a problem shows it: short, and of any kind. */
function shown(value: unknown): string {
  return typeof value === "object" || value === undefined
    ? kindOf(value)
    : JSON.stringify(value).slice(0, 80);
}

function pick<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
