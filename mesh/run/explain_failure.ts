import { missingPermission, permissionLine } from "@asya/program";
import { parseLogLine } from "./log_stream.ts";
import { missedLink } from "./missed_link.ts";

/** Why a process could not begin, for whoever wrote what it runs. */
export interface FailureText {
  /** Where, as `file:line:column`. */
  readonly place?: string;
  /** What it said, without what only its makers understand. */
  readonly lines: readonly string[];
  /** What to do about it, where that is known. */
  readonly todo?: string;
}

/** What Deno prints below an error, for its own makers. */
const NOISE = /^(Stack backtrace:|\s+\d+: <unknown>)$/;

/** A place at the end of a line, but for those within Deno itself. */
const PLACE = /(?:^|\s|\()((?!ext:|node:)[^\s()]+\.[cm]?[jt]sx?:\d+:\d+)\)?$/;

/**
 * Finds the reason among the last lines of a process that could not begin.
 *
 * @param lines what it printed
 * @param folder paths below it are shown from there
 * @example
 * ```ts
 * import { explainFailure } from "./explain_failure.ts";
 * import assert from "node:assert/strict";
 * const lines = [
 *   "error: SyntaxError: Expected ',', got ';'",
 *   "    at file:///my%20mesh/ocr/page.ts:1:31",
 *   "",
 *   "Stack backtrace:",
 *   "   0: <unknown>",
 * ];
 * assert.deepEqual(explainFailure(lines, "/my mesh"), {
 *   place: "ocr/page.ts:1:31",
 *   lines: ["error: SyntaxError: Expected ',', got ';'", "    at ocr/page.ts:1:31"],
 * });
 * ```
 */
export function explainFailure(lines: readonly string[], folder: string): FailureText {
  const missed = missedLink(lines.join("\n"));
  if (missed) return { lines: [missed.what], todo: missed.todo };
  const said = lines.flatMap((line) => {
    const entry = parseLogLine(line);
    if (!entry) return NOISE.test(line) ? [] : [shortenPlaces(line, folder)];
    return stackOf(entry.fields.error).map((line) => shortenPlaces(line, folder)).filter(isOwn);
  });
  const place = said.map((line) => PLACE.exec(line)?.[1]).find((found) => found !== undefined);
  // Deno says where a file cannot be parsed twice over.
  const once = said.filter((line, index) => line.trim() !== "" && said.indexOf(line) === index);
  const missing = missingPermission(once.join("\n"));
  return {
    ...(place !== undefined && { place }),
    lines: once,
    ...(missing && { todo: `in mesh.yaml, this actor needs ${permissionLine(missing)}` }),
  };
}

/** The stack of an error that a program of ours logged. */
function stackOf(error: unknown): string[] {
  const { stack } = typeof error === "object" && error !== null ? error as { stack?: unknown } : {};
  return typeof stack === "string" ? stack.split("\n") : [];
}

/** Whether a line of a stack is no frame, or one in the author's folder. */
function isOwn(line: string): boolean {
  return !/^\s+at /.test(line) || (PLACE.exec(line)?.[1]?.startsWith("/") === false);
}

function shortenPlaces(line: string, folder: string): string {
  return line.replaceAll(/file:\/\/(\/[^\s"')]+)/g, (_, path) => shorten(path, folder));
}

function shorten(path: string, folder: string): string {
  const written = decode(path);
  return written.startsWith(`${folder}/`) ? written.slice(folder.length + 1) : written;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no URL after all
  }
}
