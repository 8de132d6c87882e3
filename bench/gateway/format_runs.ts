import type { CallRun } from "./measure_calls.ts";

/** One row of the report. */
export interface NamedRun {
  readonly name: string;
  readonly connections: number;
  readonly run: CallRun;
  /** Calls in a second that were aimed at. */
  readonly aim?: number | undefined;
}

const HEAD = [
  ...["gateway", "connections", "calls/s", "aim", "p50 · p99", "outbox lag, p99"],
  ...["unsent at the end", "failed", "cores: gateway · database · broker", "resident"],
];

/**
 * Lays runs out as a table of Markdown.
 *
 * @param runs in the order of the rows
 */
export function formatRuns(runs: readonly NamedRun[]): string {
  const rows = runs.map(({ name, connections, run, aim }) => [
    ...[name, String(connections), whole(run.rate), aim === undefined ? "" : whole(aim)],
    `${run.p50Ms.toFixed(1)} · ${run.p99Ms.toFixed(1)} ms`,
    run.lagP99 === undefined ? "" : `≤ ${run.lagP99} s`,
    run.unsent === 0 ? "0" : `${whole(run.unsent)}, ${run.unsentSeconds.toFixed(2)} s`,
    whole(run.failed),
    [run.gatewayCores, run.databaseCores, run.brokerCores].map((n) => n.toFixed(2)).join(" · "),
    `${run.rssMb.toFixed(0)} MB`,
  ]);
  return toMarkdown([HEAD, ...rows]);
}

/**
 * A table of Markdown.
 *
 * @param rows of cells, the head first
 */
export function toMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en").replaceAll(",", " ");
}
