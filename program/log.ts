/**
 * Log lines: constant words with separate particulars, as one line of JSON or for people to read.
 *
 * @module
 */
import { jsonLogLine, type LogLevel, logLevels, prettyLogLine } from "./log_line.ts";
import type { TraceContext } from "./trace.ts";
import type { Tracing } from "./tracing.ts";
import { choice, type Setting } from "./setting.ts";

/** How a log line looks: `json` for machines, `pretty` for people. */
export type LogFormat = "json" | "pretty";

/** The settings that every program has for its log; spread them into its schema. */
export const logSettings: {
  readonly logLevel: Setting<LogLevel>;
  readonly logFormat: Setting<LogFormat | undefined>;
} = {
  logLevel: choice({
    env: "ASYA_LOG_LEVEL",
    choices: logLevels,
    default: "INFO",
    doc: "the least that is logged",
  }),
  logFormat: choice({
    env: "ASYA_LOG_FORMAT",
    choices: ["json", "pretty"],
    doc: "how log lines look; not set: pretty on a terminal, else json",
  }),
};

/** Writes log lines. Messages are constant words; what varies goes into the fields. */
export interface Logger {
  /** Logs what only someone who looks for a fault wants to read. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs what an operator wants to know. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs what an operator should look into, though work goes on. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs what went wrong. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a logger is made of. */
export interface LoggerOptions {
  /** The program's name, on every line. */
  readonly program: string;
  /** The least that is written. */
  readonly level: LogLevel;
  /** How lines look; without it, pretty when standard error is a terminal, else JSON. */
  readonly format?: LogFormat | undefined;
  /** Values that never appear in a line; see `secretsOf`. */
  readonly redact?: readonly string[];
  /** Makes a line about work that has a trace a part of it, for whoever exports lines as logs. */
  readonly tracing?: Pick<Tracing, "inside"> | undefined;
  /** Takes each line without its line break; without it, lines go to standard error. */
  readonly write?: (line: string) => void;
  /** The clock. */
  readonly now?: () => Date;
}

/**
 * Creates a logger. A line that cannot be written (nobody reads standard error any more) is lost
 * without harm to the program.
 *
 * Lines go through `console.error`, which OpenTelemetry's log export of Deno reads too.
 *
 * @param options The program's name, the level, and where lines go.
 * @returns A logger.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createLogger } from "@asya/program";
 *
 * const lines: string[] = [];
 * const log = createLogger({
 *   program: "sidecar",
 *   level: "INFO",
 *   format: "json",
 *   write: (line) => lines.push(line),
 * });
 * log.debug("not written");
 * log.info("connected", { attempt: 2 });
 * assert.equal(lines.length, 1);
 * assert.equal(JSON.parse(lines[0] ?? "").attempt, 2);
 * ```
 */
export function createLogger(options: LoggerOptions): Logger {
  const { program, tracing, redact = [], write = console.error, now = () => new Date() } = options;
  const format = options.format ?? (Deno.stderr.isTerminal() ? "pretty" : "json");
  const colour = format === "pretty" && !Deno.noColor && Deno.stderr.isTerminal();
  const least = logLevels.indexOf(options.level);
  const at = (level: LogLevel): Logger["info"] => {
    if (logLevels.indexOf(level) < least) return () => {};
    return (message, fields = {}) => {
      const entry = { time: now(), level, program, message, fields };
      const line = format === "json"
        ? jsonLogLine(entry, redact)
        : prettyLogLine(entry, colour, redact);
      const context = tracing && contextOf(fields);
      if (tracing && context) tracing.inside(context, () => write(line));
      else write(line);
    };
  };
  return { debug: at("DEBUG"), info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
}

/** Where a line's work stands in its trace, as its fields say. */
function contextOf(fields: Readonly<Record<string, unknown>>): TraceContext | undefined {
  const { trace_id: traceId, span_id: spanId } = fields;
  if (typeof traceId !== "string" || typeof spanId !== "string") return undefined;
  return { traceId, spanId, flags: 1 };
}
