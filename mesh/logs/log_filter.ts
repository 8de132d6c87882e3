import { type LogLevel, logLevels, nearestName } from "@asya/program";
import { isJsonObject, type JsonObject, parseJson } from "@asya/protocol";

/** A line of a mesh's log. */
export interface LoggedLine {
  /** The name of the process that said it. */
  readonly process: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly level: LogLevel;
  /** All of it but the process. */
  readonly fields: JsonObject;
}

/** Which lines are wanted; what is not set lets every line through. */
export interface LogFilter {
  /** Names of actors or processes; none for all. */
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
  /** The least. */
  readonly level?: LogLevel | undefined;
  /** The id of a job, or the letters it begins with. */
  readonly job?: string | undefined;
}

/**
 * Reads a line of a log file.
 *
 * @param line one line, without line break
 * @returns nothing for what is no line of a log, such as one that was cut off
 */
export function parseLoggedLine(line: string): LoggedLine | undefined {
  const json = parseJson(line);
  if (!json.ok || !isJsonObject(json.value)) return undefined;
  const { process, ...fields } = json.value;
  const timeMs = Date.parse(String(fields.time));
  const level = logLevels.find((level) => level === fields.level);
  if (typeof process !== "string" || Number.isNaN(timeMs) || !level) return undefined;
  return { process, timeMs, level, fields };
}

/**
 * Whether a line is wanted.
 *
 * @param line the line
 * @param filter what is
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isWanted, parseLoggedLine } from "./log_filter.ts";
 * const line = parseLoggedLine(JSON.stringify({
 *   time: "2026-01-01T00:00:00Z", level: "WARN", process: "ocr.2.runtime", job_id: "7d1f6a52",
 * }));
 * assert(line);
 * assert(isWanted(line, { names: ["ocr"], level: "INFO", job: "7d1f" }));
 * assert(!isWanted(line, { names: ["gateway"] }));
 * ```
 */
export function isWanted(line: LoggedLine, filter: LogFilter): boolean {
  const { names, sinceMs, level, job } = filter;
  const { process, fields } = line;
  const isNamed = names.length === 0 || names.some((name) => isOf(process, name));
  const isOfJob = job === undefined ||
    (typeof fields.job_id === "string" && fields.job_id.startsWith(job));
  const isLater = sinceMs === undefined || line.timeMs >= sinceMs;
  const isLoud = level === undefined || logLevels.indexOf(line.level) >= logLevels.indexOf(level);
  return isNamed && isOfJob && isLater && isLoud;
}

/**
 * Says of names that have no log what there is instead.
 *
 * @param names of actors or processes, as somebody wrote them
 * @param processes all that have a log
 * @returns a sentence for each name that is nobody's
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { describeUnknown } from "./log_filter.ts";
 * const processes = new Set(["gateway", "ocr.sidecar", "ocr.runtime"]);
 * assert.deepEqual(describeUnknown(["ocr", "gatway"], processes), [
 *   'nobody called "gatway" has a log here; did you mean gateway?',
 * ]);
 * ```
 */
export function describeUnknown(
  names: readonly string[],
  processes: ReadonlySet<string>,
): string[] {
  const all = [...processes];
  const actors = [...new Set(all.map((process) => process.split(".", 1)[0] ?? process))].sort();
  return names.filter((name) => !all.some((process) => isOf(process, name))).map((name) => {
    const nearest = nearestName(name, [...actors, ...all]);
    const hint = nearest === undefined
      ? `allowed: ${actors.join(", ")}`
      : `did you mean ${nearest}?`;
    return `nobody called "${name}" has a log here; ${hint}`;
  });
}

/** Whether a process is the one of that name, or one of the actor of that name. */
function isOf(process: string, name: string): boolean {
  return process === name || process.startsWith(`${name}.`);
}
