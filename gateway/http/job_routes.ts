import { isTerminal, jobToWire, MAX_MESSAGE_DEPTH } from "@asya/protocol";
import type { Context } from "@hono/hono";
import { maySee } from "../auth/access.ts";
import { type App, type AppEnv, type Guards, jobIdOf, unknownJob } from "./app_env.ts";
import type { JobStreams } from "./job_streams.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { parseJobQuery } from "./parse_job_query.ts";
import { parseLastEventId } from "./parse_last_event_id.ts";
import { parseReplay } from "./parse_replay.ts";
import { readBody } from "./read_body.ts";
import { sseResponse } from "./sse_response.ts";
import type { StoredJob } from "../jobs/stored_job.ts";
import type { CallsOptions } from "../tools/calls.ts";
import { replayJob } from "../tools/replay_job.ts";
import { traceHeadersOf } from "./trace_headers.ts";

/** What the routes about jobs stand on. */
export interface JobRoutesOptions {
  readonly jobs: Jobs;
  readonly streams: JobStreams;
  readonly calls: CallsOptions;
  readonly maxBodyBytes: number;
}

/** After how many seconds a caller who has too many streams may have one less. */
const STREAM_RETRY_SECONDS = "5";

/** How a replay is refused. */
const REPLAY_STATUS = { wrong: 400, full: 503, too_large: 413 } as const;

/** Adds the routes by which callers read, follow, cancel and replay jobs. */
export function addJobRoutes(app: App, guards: Guards, options: JobRoutesOptions): void {
  const { jobs, streams, calls, maxBodyBytes } = options;
  const { needs } = guards;
  const find = async (c: Context<AppEnv>): Promise<StoredJob | undefined> => {
    const stored = await jobs.find(jobIdOf(c));
    return stored && maySee(c.var.caller, stored.job) ? stored : undefined;
  };

  app.get("/jobs", needs("jobs:read"), async (c) => {
    const parsed = parseJobQuery(new URL(c.req.url).searchParams);
    if (!parsed.ok) return c.json({ error: parsed.problems.join("; ") }, 400);
    const { caller } = c.var;
    const seesAll = caller.name === undefined || caller.scopes.has("jobs:admin");
    const page = await jobs.list({ ...parsed.value, owner: seesAll ? undefined : caller.name });
    return c.json({
      jobs: page.jobs.map((job) => jobToWire(job, {})),
      ...(page.next !== undefined && { next_cursor: page.next }),
    });
  });

  app.get("/jobs/:id", needs("jobs:read"), async (c) => {
    const stored = await find(c);
    return stored ? c.json(jobToWire(stored.job, stored)) : unknownJob(c);
  });

  app.get("/jobs/:id/active", needs("jobs:read"), async (c) => {
    const stored = await find(c);
    const active = stored !== undefined && !isTerminal(stored.job.status);
    return c.json({ active }, active ? 200 : 410);
  });

  app.get("/jobs/:id/stream", needs("jobs:read"), async (c) => {
    const stored = await find(c);
    if (!stored) return unknownJob(c);
    if (c.req.method === "HEAD") return sseResponse();
    const { job } = stored;
    const after = parseLastEventId(c.req.header("last-event-id"), job.updateCount);
    const stream = streams.open(job, after, c.var.caller);
    if (stream) return stream;
    c.header("retry-after", STREAM_RETRY_SECONDS);
    return c.json({ error: "as many streams are open as a caller may have; close some" }, 429);
  });

  app.post("/jobs/:id/cancel", needs("tools:call"), async (c) => {
    const stored = await find(c);
    if (!stored) return unknownJob(c);
    await jobs.cancel(stored.job.id);
    const after = await jobs.find(stored.job.id);
    return after ? c.json(jobToWire(after.job, after)) : unknownJob(c);
  });

  app.post("/jobs/:id/retry", needs("tools:call"), async (c) => {
    const stored = await find(c);
    if (!stored) return unknownJob(c);
    const limits = { maxBytes: maxBodyBytes, maxDepth: MAX_MESSAGE_DEPTH, whenEmpty: {} };
    const body = await readBody(c.req.raw, limits);
    if (!body.ok) return c.json({ error: body.error }, body.status);
    const replay = parseReplay(body.value);
    if (!replay.ok) return c.json({ error: replay.problems.join("; ") }, 400);
    const { fromStep, payload } = replay.value;
    const replayed = await replayJob(calls, stored, {
      ...{ fromStep, payload, owner: c.var.caller.name },
      headers: traceHeadersOf(c),
    });
    if (replayed.kind === "refused") {
      return c.json({ error: replayed.error }, REPLAY_STATUS[replayed.reason]);
    }
    // Under both names: that of a job, and that of the answer to a call.
    const { job } = replayed;
    return c.json({ job_id: job.id, ...jobToWire(job, { payload: replayed.payload }) });
  });
}
