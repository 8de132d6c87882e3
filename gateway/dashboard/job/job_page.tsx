import { isTerminal, type Job, type Json } from "@asya/protocol";
import { chunkText } from "../assets/chunk_text.js";
import { JsonView } from "../json_view.tsx";
import type { Page } from "../page.tsx";
import { jobPath } from "../paths.ts";
import { StatusChip } from "../status.tsx";
import { Ago } from "../time.tsx";
import { visibleText } from "../visible_text.ts";
import { readBranchEnds } from "./branch_ends.ts";
import { growBranches } from "./branch_tree.ts";
import { Branches } from "./branches.tsx";
import { formatMs } from "./duration.ts";
import { JobActions } from "./job_actions.tsx";
import type { JobPageParts, ShownTrace } from "./job_page_parts.ts";
import { Pipeline } from "./pipeline.tsx";
import { readVisits } from "./read_visits.ts";
import { summarizeSteps } from "./step_summary.ts";
import { WaterfallView } from "./waterfall.tsx";
import { layOutWaterfall } from "./waterfall_rows.ts";

const MAX_NAME = 120;

const MAX_ERROR = 2_000;

const MAX_STACK = 8_000;

/** The page of one job. */
export function jobPage(parts: JobPageParts): Page {
  const { stored, updates, now, isLive, lastSeq } = parts;
  const { job } = stored;
  const nowMs = now.getTime();
  const visits = readVisits(job, updates);
  const steps = summarizeSteps(job, visits, nowMs);
  const root = growBranches(job, visits, {
    ...readBranchEnds(updates),
    reports: stored.ended ?? [],
  });
  return {
    title: `${visibleText(job.tool, MAX_NAME)} · ${job.id.slice(0, 8)}`,
    at: "jobs",
    scripts: ["job.js"],
    main: (
      <>
        <div
          id="job"
          data-live
          data-page={jobPath(job.id)}
          data-stream={isLive ? jobPath(job.id, `/stream?after=${lastSeq}`) : undefined}
          class="parts"
        >
          <header class="head">
            <div>
              <p class="small">
                <a href="/dashboard/jobs">Jobs</a>
              </p>
              <h1 class="row">
                <span class="breaks">{visibleText(job.tool, MAX_NAME)}</span>
                <StatusChip status={job.status} />
              </h1>
              <p class="row soft small">
                <code class="breaks">{visibleText(job.id)}</code>
                <button type="button" class="quiet needs-script" data-copy={job.id}>Copy id</button>
              </p>
            </div>
          </header>
          {job.error !== undefined && <ErrorView job={job} />}
          <section class="sheet" aria-label="In short">
            <Facts job={job} now={now} trace={parts.trace} />
          </section>
        </div>
        {parts.mayCall && <JobActions {...parts} />}
        <div id="course" data-live class="parts">
          <section class="sheet">
            <h2>Route</h2>
            <Pipeline job={job} steps={steps} />
          </section>
          {root.fanOuts.length > 0 && (
            <section class="sheet">
              <h2>Branches</h2>
              <Branches root={root} />
            </section>
          )}
          <section class="sheet">
            <h2>Time</h2>
            <WaterfallView waterfall={layOutWaterfall(job, visits, nowMs)} />
            <MeasuredNote />
          </section>
        </div>
        <Streamed {...parts} />
        <div id="values" data-live class="parts">
          <Value title="Payload" value={stored.payload} path={jobPath(job.id, "/raw/payload")} />
          {stored.result !== undefined && (
            <Value title="Result" value={stored.result} path={jobPath(job.id, "/raw/result")} />
          )}
          <p class="small">
            <a href={jobPath(job.id, "/raw/job")}>All of this job as JSON</a>
          </p>
        </div>
      </>
    ),
  };
}

function Facts(
  { job, now, trace }: {
    readonly job: Job;
    readonly now: Date;
    readonly trace: ShownTrace | undefined;
  },
) {
  const { createdAt, updatedAt, deadline, replayOf, resultUri, owner } = job;
  const hasEnded = isTerminal(job.status);
  const endMs = hasEnded ? Date.parse(updatedAt) : now.getTime();
  const tookMs = Math.max(0, endMs - Date.parse(createdAt));
  return (
    <dl class="facts">
      <div>
        <dt>Progress</dt>
        <dd class="row">
          <progress max={100} value={job.progressPercent} aria-label="progress" />
          {`${job.progressPercent} %`}
        </dd>
      </div>
      <div>
        <dt>{hasEnded ? "Took" : "So far"}</dt>
        <dd>{formatMs(tookMs)}</dd>
      </div>
      <div>
        <dt>Called</dt>
        <dd>
          <Ago at={createdAt} now={now} />
        </dd>
      </div>
      <div>
        <dt>{hasEnded ? "Ended" : "Last heard of"}</dt>
        <dd>
          <Ago at={updatedAt} now={now} />
        </dd>
      </div>
      {!hasEnded && (
        <div>
          <dt>Deadline</dt>
          <dd>
            <Ago at={deadline} now={now} />
          </dd>
        </div>
      )}
      {owner !== undefined && (
        <div>
          <dt>Called by</dt>
          <dd>{visibleText(owner, MAX_NAME)}</dd>
        </div>
      )}
      {replayOf !== undefined && (
        <div class="wide">
          <dt>Replay of</dt>
          <dd>
            <a href={jobPath(replayOf)} class="mono">{visibleText(replayOf, MAX_NAME)}</a>
          </dd>
        </div>
      )}
      {trace !== undefined && (
        <div class="wide">
          <dt>Trace</dt>
          <dd>
            {trace.href === undefined
              ? <code class="breaks">{trace.id}</code>
              : <a href={trace.href} class="mono breaks" rel="noreferrer">{trace.id}</a>}
          </dd>
        </div>
      )}
      {resultUri !== undefined && (
        <div class="whole">
          <dt>Stored at</dt>
          <dd>
            <code class="breaks">{visibleText(resultUri, MAX_ERROR)}</code>
          </dd>
        </div>
      )}
    </dl>
  );
}

function ErrorView({ job }: { readonly job: Job }) {
  const { error = "", errorDetails = {} } = job;
  const { message, stack, ...rest } = errorDetails;
  const hasMore = Object.keys(rest).length > 0;
  return (
    <section class="sheet notice bad" aria-label="Error">
      <h2 class="breaks">{visibleText(error, MAX_ERROR)}</h2>
      {typeof message === "string" && message !== error && (
        <p class="breaks wraps">{visibleText(message, MAX_ERROR)}</p>
      )}
      {hasMore && <JsonView value={rest} rawPath={jobPath(job.id, "/raw/error")} />}
      {typeof stack === "string" && (
        <details>
          <summary>Stack</summary>
          <pre class="scrolls" tabindex={0}>{visibleText(stack, MAX_STACK)}</pre>
        </details>
      )}
    </section>
  );
}

function Value(
  { title, value, path }: { readonly title: string; readonly value: Json; readonly path: string },
) {
  return (
    <section class="sheet">
      <div class="head">
        <h2>{title}</h2>
        <a class="small" href={path}>JSON</a>
      </div>
      <JsonView value={value} rawPath={path} />
    </section>
  );
}

/** What was streamed; while it goes on, the page's script writes behind it. */
function Streamed({ chunks, hasMoreChunks, isLive }: JobPageParts) {
  if (chunks.length === 0 && !isLive) return null;
  const last = chunks.at(-1);
  return (
    <section id="streamed" class="sheet" hidden={chunks.length === 0}>
      <h2>Streamed</h2>
      {hasMoreChunks && <p class="soft small">The newest of it.</p>}
      <pre class="streamed" data-step={last?.step} data-branch={last?.branch} tabindex={0}>
        {chunks.map((chunk, index) => chunkText(chunk, chunks[index - 1])).join("")}
      </pre>
    </section>
  );
}

function MeasuredNote() {
  return (
    <details class="small soft">
      <summary>What is measured</summary>
      <p>
        A thin line is a message that waits: from when the step before was done with it, or the job
        was made, until the handler began. A bar is the handler at work. Both come from the times at
        which the gateway heard of them, some milliseconds late; how long the work took is what the
        step itself measured, where it told. A try that was given back, or was never heard of again,
        has no such number. Where many messages passed a step, its line spans all of them, and its
        numbers are the longest.
      </p>
    </details>
  );
}
