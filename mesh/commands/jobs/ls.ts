import type { JsonObject } from "@asya/protocol";
import { type Command, defineCommand } from "../command.ts";
import { jsonOption, urlOption } from "../gateway_options.ts";
import { checkList, listOptions } from "../list_options.ts";
import { openGateway } from "../open_gateway.ts";
import { choice, text } from "../option.ts";
import { isOver, reasonOf, textOf } from "../../client/job_event.ts";
import { readPages } from "../../client/read_pages.ts";
import { EXIT } from "../../run/run_mesh.ts";
import { colourOfStatus } from "../../show/colour_of_status.ts";
import { formatElapsed } from "../../show/format_elapsed.ts";
import { type Column, formatTable, type TableStyle } from "../../show/format_table.ts";
import { shortIds } from "../../show/short_ids.ts";

/** How many jobs are listed where nobody says how many. */
const USUAL_LIMIT = 20;

/** `asya jobs ls`: lists jobs, newest first. */
export const jobsLs: Command = defineCommand({
  name: "jobs ls",
  summary: "list jobs, newest first",
  about: "Lists jobs, newest first. In other commands the first letters of an id are enough, as " +
    "many as tell it from others.",
  positionals: {},
  options: {
    status: choice({
      value: "STATUS",
      doc: "only jobs that stand there: pending, running, succeeded, failed",
      of: ["Pending", "Running", "Succeeded", "Failed"],
    }),
    tool: text({ value: "NAME", doc: "only jobs of this tool", completes: "tools" }),
    q: text({ value: "TEXT", doc: "only jobs with this in their id, tool or error" }),
    ...listOptions(USUAL_LIMIT),
    url: urlOption,
    json: jsonOption('print {"jobs": […]}, each as the gateway shows it'),
  },
  examples: [
    { line: "asya jobs ls --status failed", doc: "what went wrong lately" },
    { line: "asya jobs ls --tool read_document --limit 100 --json", doc: "jobs, for a program" },
  ],
  check: checkList,
  async run({ status, tool, q, limit = USUAL_LIMIT, all, url, json }, context) {
    const { screen } = context;
    const client = await openGateway(url, context);
    const jobs = await readPages(
      (page) => client.listJobs({ status, tool, q, ...page }),
      all ? Infinity : limit,
    );
    if (json) screen.out(JSON.stringify({ jobs }));
    else if (jobs.length === 0) screen.err("there is no such job");
    else {
      const style = { columns: screen.columnsOut(), colour: screen.colourOut };
      for (const line of jobTable(jobs, new Date(), style)) screen.out(line);
    }
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column[] = [
  { title: "ID" },
  { title: "STATUS", colourOf: colourOfStatus },
  { title: "TOOL", isElastic: true },
  { title: "STEP", isElastic: true },
  { title: "%", isRight: true },
  { title: "AGE", isRight: true },
  { title: "TOOK", isRight: true },
  { title: "ERROR", isElastic: true },
];

/**
 * Jobs as lines of a table. Where a terminal shows it, ids are as short as tells them apart.
 *
 * @param jobs as the gateway shows them
 * @param now the time
 * @param style how wide and how colourful it may be
 */
export function jobTable(jobs: readonly JsonObject[], now: Date, style: TableStyle): string[] {
  const ids = jobs.map(({ id }) => textOf(id));
  const shown = style.columns === Infinity ? ids : shortIds(ids);
  return formatTable(
    COLUMNS,
    jobs.map((job, index) => {
      const createdMs = Date.parse(textOf(job.created_at));
      const endMs = isOver(job) ? Date.parse(textOf(job.updated_at)) : now.getTime();
      return [
        shown[index] ?? "",
        textOf(job.status),
        textOf(job.tool),
        textOf(job.current_step),
        String(Math.floor(Number(job.progress_percent ?? 0))),
        formatElapsed(now.getTime() - createdMs),
        formatElapsed(endMs - createdMs),
        job.status === "Failed" ? reasonOf(job) : "",
      ];
    }),
    style,
  );
}
