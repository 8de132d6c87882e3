import {
  jsonLogLine,
  type LogEntry,
  type LogLevel,
  logLevels,
  prettyLogLine,
  printable,
} from "@asya/program";
import { isJsonObject, parseJson } from "@asya/protocol";

/** How the one log of a mesh looks. */
export interface LogStyle {
  readonly format: "json" | "pretty";
  /** Whether to use ANSI colours; only where the format is `pretty`. */
  readonly colour: boolean;
  /** Names of all processes, from which the width of their column follows. */
  readonly processes: readonly string[];
}

/** Foreground colours that can be told apart on dark and on light. */
const COLOURS = [36, 32, 33, 35, 34, 96, 92, 93, 95, 94];

/**
 * Writes a line of one process for the log of all: with a coloured name before it, or as JSON with
 * a field `process`. What a process says as JSON is taken apart; anything else is its message.
 *
 * @param process its name
 * @param line what it said, without line break
 * @param style how the log looks
 * @param now the time, for a line that has none; left out where nobody knows it any more
 * @example
 * ```ts
 * import { formatLogLine } from "./log_stream.ts";
 * import assert from "node:assert/strict";
 * const style = { format: "pretty", colour: false, processes: ["gateway", "ocr.runtime"] } as const;
 * const now = new Date(0);
 * assert.equal(
 *   formatLogLine("gateway", "plain words", style, now),
 *   "gateway     │ 00:00:00.000 INFO  plain words",
 * );
 * ```
 */
export function formatLogLine(
  process: string,
  line: string,
  style: LogStyle,
  now?: Date,
): string {
  const entry = parseLogLine(line);
  if (style.format === "json") return jsonLine(process, line, entry, now ?? new Date());
  const width = Math.max(...style.processes.map((name) => name.length));
  const index = style.processes.indexOf(process);
  const colour = COLOURS[Math.max(0, index) % COLOURS.length];
  const name = `${process.padEnd(width)} │ `;
  const prefix = style.colour ? `\x1b[${colour}m${name}\x1b[0m` : name;
  const shown = entry
    ? prettyLogLine(entry, style.colour).replace(`${entry.program}: `, "")
    : `${now ? `${now.toISOString().slice(11, 23)} INFO  ` : ""}${printable(line)}`;
  return shown.split("\n").map((part) => prefix + part).join("\n");
}

/**
 * Reads a line that a program of ours logged.
 *
 * @param line one line, without line break
 * @returns `undefined` for anything else, such as what a handler printed
 */
export function parseLogLine(line: string): LogEntry | undefined {
  const json = line.startsWith("{") ? parseJson(line) : undefined;
  if (!json?.ok || !isJsonObject(json.value)) return undefined;
  const { time, level, program, message, ...fields } = json.value;
  if (typeof time !== "string" || Number.isNaN(Date.parse(time))) return undefined;
  if (typeof program !== "string" || typeof message !== "string" || !isLevel(level)) {
    return undefined;
  }
  return { time: new Date(time), level, program, message, fields };
}

function jsonLine(process: string, line: string, entry: LogEntry | undefined, now: Date): string {
  if (entry) return jsonLogLine({ ...entry, fields: { process, ...entry.fields } });
  const program = process.split(".").at(-1) ?? process;
  return jsonLogLine({ time: now, level: "INFO", program, message: line, fields: { process } });
}

function isLevel(value: unknown): value is LogLevel {
  return logLevels.some((level) => level === value);
}
