import { type LogLevel, logLevels, parseDuration } from "@asya/program";
import { type Command, defineCommand } from "./command.ts";
import { jsonOption } from "./gateway_options.ts";
import { DEFAULT_FILE } from "./mesh_options.ts";
import { choice, flag, integer, many, option, text } from "./option.ts";
import {
  describeUnknown,
  isWanted,
  type LogFilter,
  type LoggedLine,
  parseLoggedLine,
} from "../logs/log_filter.ts";
import { LogReader } from "../logs/log_reader.ts";
import { formatLogLine } from "../run/log_stream.ts";
import { EXIT } from "../run/run_mesh.ts";
import type { Screen } from "../screen.ts";

/** How many lines are shown where nobody says how many, or since when. */
const USUAL_LINES = 200;

/** `asya logs`: shows what the processes of a mesh said. */
export const logs: Command = defineCommand({
  name: "logs",
  summary: "show what the processes of a mesh said, and say",
  about:
    "Shows the log of a mesh as `asya up` prints it, also while that runs in another terminal, " +
    "and after it has ended. Of each process the last 4 to 8 MB are kept, in .asya/logs beside the " +
    "mesh's file.",
  positionals: {
    names: many({
      value: "ACTOR",
      doc: "only these actors, or processes such as ocr.runtime, gateway or mesh",
      least: 0,
      completes: "actors",
    }),
  },
  options: {
    follow: flag({ doc: "go on with what they say until Ctrl-C", short: "f" }),
    lines: integer({
      value: "N",
      doc: `the last N lines (${USUAL_LINES}; all of them with --since)`,
      short: "n",
      min: 0,
      max: 1_000_000,
    }),
    since: option<{ readonly agoMs: number } | { readonly timeMs: number }>({
      value: "TIME",
      doc: "only lines since then: 10m ago, or a time such as 2026-01-01T12:00:00Z",
      allowed: "seconds or a duration such as 90s or 10m, or an RFC 3339 time",
      parse(text) {
        const agoMs = parseDuration(text);
        const timeMs = /^\d{4}-/.test(text) ? Date.parse(text) : NaN;
        if (agoMs !== undefined) return { agoMs };
        return Number.isNaN(timeMs) ? undefined : { timeMs };
      },
    }),
    level: choice<LogLevel>({
      value: "LEVEL",
      doc: "only lines of this level or above: debug, info, warn, error",
      of: logLevels,
    }),
    job: text({ value: "ID", doc: "only lines about this job", completes: "jobs" }),
    file: text({
      value: "FILE",
      doc: `the mesh's file (${DEFAULT_FILE})`,
      completes: "files",
    }),
    json: jsonOption("print lines of JSON, with the process in the field process"),
  },
  examples: [
    { line: "asya logs -f", doc: "everything, as it comes" },
    { line: "asya logs ocr gateway --since 10m --level warn", doc: "what went wrong lately" },
    { line: "asya logs --job 7d1f6a52 --json", doc: "what was said about one job" },
  ],
  async run(values, { screen, signals }) {
    const { names, follow, since, level, job, file = DEFAULT_FILE, json } = values;
    const { lines: most = since === undefined ? USUAL_LINES : Infinity } = values;
    const folder = logFolder(file);
    const sinceMs = since && ("agoMs" in since ? Date.now() - since.agoMs : since.timeMs);
    const met = new Set<string>();
    const choose = (lines: Iterable<string>) =>
      chooseLines(lines, { names, sinceMs, level, job }, met);
    const print = createPrinter(screen, json);
    using reader = new LogReader(folder);
    try {
      const all = choose(reader.readAll());
      print(most === Infinity ? all : all.slice(Math.max(0, all.length - most)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      screen.err(
        `there is no log in ${folder}; \`asya up\` writes it there, beside the mesh's file`,
      );
      return EXIT.failed;
    }
    const unknown = describeUnknown(names, met);
    for (const line of unknown) screen.err(line);
    // Whoever follows may wait for an actor that is yet to come.
    if (!follow) return unknown.length > 0 ? EXIT.wrongInput : EXIT.ok;
    for await (const _ of reader.changes(signals.first)) print(choose(reader.readMore()));
    return EXIT.interrupted;
  },
});

/** The folder of a mesh's log. */
function logFolder(file: string): string {
  const slash = file.lastIndexOf("/");
  return `${slash < 0 ? "." : file.slice(0, slash)}/.asya/logs`;
}

/**
 * The lines that are wanted, in the order of time: each file has its own in their order. Whoever
 * said any line is added to those that were met.
 */
function chooseLines(
  lines: Iterable<string>,
  filter: LogFilter,
  met: Set<string>,
): LoggedLine[] {
  const wanted: LoggedLine[] = [];
  for (const line of lines) {
    const logged = parseLoggedLine(line);
    if (logged) met.add(logged.process);
    if (logged && isWanted(logged, filter)) wanted.push(logged);
  }
  return wanted.sort((a, b) => a.timeMs - b.timeMs);
}

/** Prints lines as `asya up` does; names get wider and colours more as processes are met. */
function createPrinter(screen: Screen, json: boolean): (lines: readonly LoggedLine[]) => void {
  const processes: string[] = [];
  return (lines) => {
    const met = new Set([...processes, ...lines.map(({ process }) => process)]);
    processes.splice(0, processes.length, ...[...met].sort());
    for (const { process, fields } of lines) {
      const style = { format: "pretty", colour: screen.colourOut, processes } as const;
      screen.out(
        json
          ? JSON.stringify({ process, ...fields })
          : formatLogLine(process, JSON.stringify(fields), style),
      );
    }
  };
}
