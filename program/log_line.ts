import { escapeControls } from "./escape_controls.ts";
import { plainFields } from "./plain_fields.ts";
import { printable } from "./printable.ts";

/** How much a line matters, from least to most. */
export const logLevels = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

/** One of {@linkcode logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** One thing to log. */
export interface LogEntry {
  /** When it happened. */
  readonly time: Date;
  /** How much it matters. */
  readonly level: LogLevel;
  /** Which program says so. */
  readonly program: string;
  /** What happened, in constant words; what varies stands in the fields. */
  readonly message: string;
  /** The particulars; errors, big numbers and cycles are fine. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const reserved: readonly string[] = ["time", "level", "program", "message"];

/**
 * Writes an entry as one line of JSON: `time`, `level`, `program`, `message`, then the fields.
 * A field of one of those names gets a trailing `_`. It never throws.
 *
 * @param entry What to write.
 * @param secrets Values that must not appear; each is replaced by `***`, also inside longer texts.
 * @returns The line, without a line break.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { jsonLogLine } from "@asya/program";
 *
 * const entry = { level: "INFO", program: "sidecar", message: "connected" } as const;
 * const line = jsonLogLine({ ...entry, time: new Date(0), fields: { password: "hush" } }, ["hush"]);
 * assert.deepEqual(JSON.parse(line), { ...entry, time: "1970-01-01T00:00:00.000Z", password: "***" });
 * ```
 */
export function jsonLogLine(entry: LogEntry, secrets: readonly string[] = []): string {
  const line: Record<string, unknown> = {
    time: entry.time.toISOString(),
    level: entry.level,
    program: entry.program,
    message: entry.message,
  };
  for (const [key, value] of Object.entries(plainFields(entry.fields, secrets))) {
    line[reserved.includes(key) ? `${key}_` : key] = value;
  }
  return JSON.stringify(line);
}

/**
 * Writes an entry for a person to read: time of day, level, program, message, `key=value` fields;
 * the stack of an error stands below, indented. It never throws.
 *
 * @param entry What to write.
 * @param colour Whether to use ANSI colours.
 * @param secrets Values that must not appear.
 * @returns The line, or the lines, without a line break at the end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { prettyLogLine } from "@asya/program";
 *
 * const entry = { level: "WARN", program: "sidecar", message: "runtime is away" } as const;
 * const line = prettyLogLine({ ...entry, time: new Date(0), fields: { attempt: 2 } }, false);
 * assert.equal(line, "00:00:00.000 WARN  sidecar: runtime is away attempt=2");
 * ```
 */
export function prettyLogLine(
  entry: LogEntry,
  colour: boolean,
  secrets: readonly string[] = [],
): string {
  const paint = (code: number, shown: string) => colour ? `\x1b[${code}m${shown}\x1b[0m` : shown;
  const words = [
    paint(2, entry.time.toISOString().slice(11, 23)),
    paint(levelColours[entry.level], entry.level.padEnd(5)),
    `${entry.program}: ${printable(entry.message)}`,
  ];
  const stacks: string[] = [];
  for (const [key, value] of Object.entries(plainFields(entry.fields, secrets))) {
    const stack = stackOf(value);
    if (stack === undefined) words.push(paint(2, `${printable(key)}=`) + showValue(value));
    else stacks.push(stack.map((line) => `\n    ${line}`).join(""));
  }
  return words.join(" ") + stacks.join("");
}

const levelColours: Readonly<Record<LogLevel, number>> = {
  DEBUG: 2,
  INFO: 32,
  WARN: 33,
  ERROR: 31,
};

/** Texts without spaces, quotes and control characters stand bare; all else as JSON. */
function showValue(value: unknown): string {
  const bare = typeof value !== "object" && /^[^\s"'=\p{Cc}]+$/u.test(String(value));
  return bare ? String(value) : escapeControls(JSON.stringify(value) ?? "undefined");
}

/** The lines of a shown error's stack, without what could move a terminal's cursor. */
function stackOf(value: unknown): string[] | undefined {
  if (typeof value !== "object" || value === null || !("stack" in value)) return undefined;
  if (typeof value.stack !== "string") return undefined;
  return value.stack.split("\n").map((line) => printable(line.trim()));
}
