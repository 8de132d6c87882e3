import { isTerminal, type Job } from "@asya/protocol";
import { JOB_STATUSES } from "../../http/parse_job_query.ts";
import type { JobPage } from "../../jobs/stored_job.ts";
import { formatMs } from "../job/duration.ts";
import type { Page } from "../page.tsx";
import { jobPath } from "../paths.ts";
import { StatusChip } from "../status.tsx";
import { Ago } from "../time.tsx";
import { visibleText } from "../visible_text.ts";
import { listPath, type ListQuery } from "./list_query.ts";

/** What a page of jobs is made of. */
export interface JobsPageParts {
  readonly query: ListQuery;
  readonly page: JobPage;
  /** Names of the tools that there are, as far as who looks may know of them. */
  readonly tools: readonly string[];
  readonly now: Date;
  /** Whose jobs they are, where not all are shown. */
  readonly ofWhom: string | undefined;
}

const MAX_NAME = 80;

const MAX_ERROR = 200;

/** Tools that a field offers. */
const MAX_TOOLS = 200;

/** The page of jobs: newest first, as many as fit, by what was asked for. */
export function jobsPage({ query, page, tools, now, ofWhom }: JobsPageParts): Page {
  const isFiltered = Object.keys(query).length > 0;
  return {
    title: "Jobs",
    at: "jobs",
    scripts: ["jobs.js"],
    main: (
      <>
        <div class="head">
          <h1>Jobs</h1>
          {ofWhom !== undefined && (
            <span class="soft">{`those of ${visibleText(ofWhom, MAX_NAME)}`}</span>
          )}
        </div>
        <section class="sheet">
          <Filters query={query} tools={tools} />
          <div id="jobs" data-live>
            {page.jobs.length === 0
              ? <Nothing isFiltered={isFiltered} />
              : <JobTable jobs={page.jobs} now={now} />}
            <nav class="moves" aria-label="Further jobs">
              {query.cursor !== undefined
                ? <a href={listPath({ ...query, cursor: "" })} rel="first">Newest</a>
                : <span></span>}
              {page.next !== undefined &&
                <a href={listPath({ ...query, cursor: page.next })} rel="next">Older →</a>}
            </nav>
          </div>
        </section>
      </>
    ),
  };
}

function Filters({ query, tools }: Pick<JobsPageParts, "query" | "tools">) {
  return (
    <form class="filters" method="get" action="/dashboard/jobs" role="search">
      <label class="wide">
        Search
        <input
          type="search"
          name="q"
          value={query.q}
          placeholder="id, tool or error"
          maxlength={200}
        />
      </label>
      <label>
        Status
        <select name="status">
          <option value="">any</option>
          {JOB_STATUSES.map((status) => statusOption(status, status === query.status))}
        </select>
      </label>
      <label>
        Tool
        <input name="tool" value={query.tool} list="tools" maxlength={200} placeholder="any" />
      </label>
      <datalist id="tools">{tools.slice(0, MAX_TOOLS).map(toolOption)}</datalist>
      <button type="submit" class="main">Show</button>
      {Object.keys(query).length > 0 && <a class="button" href="/dashboard/jobs">All</a>}
    </form>
  );
}

function statusOption(status: string, isChosen: boolean) {
  return <option value={status} selected={isChosen}>{status}</option>;
}

function toolOption(name: string) {
  return <option value={name}></option>;
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  return (
    <div class="empty">
      <p>
        {isFiltered
          ? "No job is as you asked for. Jobs are deleted some time after they ended."
          : "There are no jobs yet. Call a tool, and its job is here at once."}
      </p>
    </div>
  );
}

/** Some jobs, one in each row. */
export function JobTable({ jobs, now }: { readonly jobs: readonly Job[]; readonly now: Date }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Tool</th>
          <th scope="col">Status</th>
          <th scope="col">Step or error</th>
          <th scope="col" class="number">Progress</th>
          <th scope="col" class="number">Took</th>
          <th scope="col">Called</th>
          <th scope="col">Id</th>
        </tr>
      </thead>
      <tbody>{jobs.map((job) => jobRow(job, now))}</tbody>
    </table>
  );
}

/** Why a job failed: a failure's code, and what its step said of it. */
function reasonOf({ error, errorDetails }: Job): string | undefined {
  const { message } = errorDetails ?? {};
  return error !== undefined && typeof message === "string" && message !== error
    ? `${error}: ${message}`
    : error;
}

function jobRow(job: Job, now: Date) {
  const endMs = isTerminal(job.status) ? Date.parse(job.updatedAt) : now.getTime();
  const reason = reasonOf(job);
  const took = formatMs(Math.max(0, endMs - Date.parse(job.createdAt)));
  return (
    <tr data-key={`job ${job.id}`}>
      <th scope="row" data-name="Tool">
        <a href={jobPath(job.id)}>{visibleText(job.tool, MAX_NAME)}</a>
      </th>
      <td data-name="Status">
        <StatusChip status={job.status} />
      </td>
      <td data-name="Step or error" class="what">
        <span class="cut soft" title={reason && visibleText(reason, MAX_ERROR)}>
          {visibleText(reason ?? job.currentStep, MAX_NAME)}
        </span>
      </td>
      <td data-name="Progress" class="number roomy">{`${job.progressPercent} %`}</td>
      <td data-name="Took" class="number">{took}</td>
      <td data-name="Called">
        <Ago at={job.createdAt} now={now} />
      </td>
      <td data-name="Id" class="mono soft roomy" title={job.id}>{visibleText(job.id, 8)}</td>
    </tr>
  );
}
