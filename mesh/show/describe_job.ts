import { printable } from "@asya/program";
import { isJsonObject, type Json, type JsonObject, parseBranch } from "@asya/protocol";
import { colourOfStatus } from "./colour_of_status.ts";
import { formatElapsed } from "./format_elapsed.ts";
import { formatJson } from "./format_json.ts";
import { type Column, formatTable, type TableStyle } from "./format_table.ts";

/** A step as its line shows it. */
export interface ShownStep {
  readonly name: string;
  readonly state: string;
  readonly waitedMs?: number;
  readonly workedMs?: number;
  readonly branches?: number;
  readonly failedBranches?: readonly { readonly branch: string; readonly reason: string }[];
}

/** Branches of a step that are told of one by one. */
const MAX_BRANCHES = 10;

const STEP_COLUMNS: readonly Column[] = [
  { title: "#", isRight: true },
  { title: "STEP", isElastic: true },
  { title: "STATE", colourOf: colourOfStatus },
  { title: "WAITED", isRight: true },
  { title: "WORKED", isRight: true },
  { title: "BRANCHES", isRight: true },
];

/**
 * A job as a person reads it: where it stands, what its steps did, and what came of it.
 *
 * @param job as the gateway shows it
 * @param steps what is known of each of its steps
 * @param style how wide and how colourful it may be
 * @param now the time
 */
export function describeJob(
  job: JsonObject,
  steps: readonly ShownStep[],
  style: TableStyle,
  now: Date,
): string[] {
  const paint = (text: string) => {
    const colour = style.colour ? colourOfStatus(text) : undefined;
    return colour === undefined ? text : `\x1b[${colour}m${text}\x1b[0m`;
  };
  const facts: readonly (readonly [string, Json | undefined])[] = [
    ["job", job.id],
    ["tool", job.tool],
    ["status", job.status],
    ["progress", `${Number(job.progress_percent ?? 0)}%`],
    ["created", withAge(job.created_at, now)],
    ["updated", withAge(job.updated_at, now)],
    ["deadline", job.deadline],
    ["replay of", job.replay_of],
    ["stored at", job.result_uri],
    ["error", job.error],
    ["message", isJsonObject(job.error_details) ? job.error_details.message : undefined],
  ];
  const shown = facts.flatMap(([name, value]) =>
    typeof value !== "string" || value === ""
      ? []
      : [`${name.padEnd(9)}  ${name === "status" ? paint(value) : printable(value)}`]
  );
  const hasBranches = steps.some(({ branches, failedBranches }) =>
    branches !== undefined || failedBranches !== undefined
  );
  const columns = hasBranches ? STEP_COLUMNS : STEP_COLUMNS.slice(0, -1);
  const rows = steps.map(({ name, state, waitedMs, workedMs, ...step }, index) => [
    String(index),
    name,
    state,
    waitedMs === undefined ? "" : formatElapsed(waitedMs),
    workedMs === undefined ? "" : formatElapsed(workedMs),
    countBranches(step),
  ]);
  const values: readonly (readonly [string, Json | undefined])[] = [
    ["payload", job.payload],
    ["result", job.result],
    ["error details", job.error_details],
    ["branches", branchesOf(job.partial_results)],
  ];
  return [
    ...shown,
    "",
    ...formatTable(columns, rows, style),
    ...linesOf(steps.flatMap(lostBranches)),
    ...values.flatMap(([name, value]) =>
      value === undefined || (isJsonObject(value) && Object.keys(value).length === 0)
        ? []
        : ["", `${name}:`, ...formatJson(value, style.colour).split("\n")]
    ),
  ];
}

function countBranches(
  { branches = 1, failedBranches }: Omit<ShownStep, "name" | "state">,
): string {
  if (failedBranches) return `${branches}, ${failedBranches.length} failed`;
  return branches > 1 ? String(branches) : "";
}

/** Which branches a step failed at, and why, each with its places in the fan-outs, from 1. */
function lostBranches({ name, failedBranches = [] }: ShownStep): string[] {
  const told = failedBranches.slice(0, MAX_BRANCHES).map(({ branch, reason }) => {
    const places = (parseBranch(branch) ?? []).map(({ index }) => index + 1).join(".");
    return printable(`branch ${places} failed at ${name}: ${reason}`);
  });
  const more = failedBranches.length - told.length;
  return more > 0 ? [...told, `${more} further branches failed at ${printable(name)}`] : told;
}

/** Lines behind an empty one, where there are any. */
function linesOf(lines: readonly string[]): string[] {
  return lines.length > 0 ? ["", ...lines] : [];
}

function branchesOf(value: Json | undefined): Json | undefined {
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

function withAge(value: Json | undefined, now: Date): string {
  if (typeof value !== "string") return "";
  const ageMs = now.getTime() - Date.parse(value);
  return Number.isNaN(ageMs) ? value : `${value}, ${formatElapsed(ageMs)} ago`;
}
