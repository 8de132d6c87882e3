import {
  type Job,
  MAX_JSON_DEPTH,
  parseFinalReport,
  parseHeartbeat,
  parseProgressBatch,
  parseProgressReport,
  showJson,
} from "@asya/protocol";
import type { Context } from "@hono/hono";
import { type App, type AppEnv, type Guards, jobIdOf, unknownJob } from "./app_env.ts";
import type { Emit, ReportKind } from "../event.ts";
import { inactiveAmong, type Jobs } from "../jobs/jobs.ts";
import { readBody } from "./read_body.ts";

/** What the routes for reports stand on. */
export interface ReportRoutesOptions {
  readonly jobs: Jobs;
  readonly maxBodyBytes: number;
  readonly maxMessageBytes: number;
  readonly emit: Emit;
}

/** What a final report carries besides a result as large as a message may be. */
const ENVELOPE_BYTES = 1024 * 1024;

/** Adds the routes by which sidecars and terminal actors report. */
export function addReportRoutes(app: App, guards: Guards, options: ReportRoutesOptions): void {
  const { jobs, emit, maxBodyBytes, maxMessageBytes } = options;
  const { forReports } = guards;
  const read = (c: Context<AppEnv>, maxBytes: number) =>
    readBody(c.req.raw, { maxBytes, maxDepth: MAX_JSON_DEPTH, isAnyType: true });
  const refuse = (c: Context<AppEnv>, report: ReportKind, problems: readonly string[]) => {
    emit({ kind: "report", report, outcome: "invalid" });
    return c.json({ error: problems.join("; ") }, 400);
  };

  app.post("/progress", forReports, async (c) => {
    const body = await read(c, maxMessageBytes + ENVELOPE_BYTES);
    if (!body.ok) return c.json({ error: body.error }, body.status);
    const parsed = parseProgressBatch(body.value);
    if (!parsed.ok) return refuse(c, "progress", parsed.problems);
    const { updates, problems, refused } = parsed.value;
    for (let count = 0; count < refused; count++) {
      emit({ kind: "report", report: "progress", outcome: "invalid" });
    }
    const reported = await Promise.all(
      updates.map(({ jobId, report }) => jobs.progress(jobId, report)),
    );
    const known = reported.filter((job) => job !== undefined);
    return c.json({
      status: "ok",
      inactive: inactiveAmong(known),
      ...(problems.length > 0 && { problems }),
    });
  });

  app.post("/jobs/:id/progress", forReports, async (c) => {
    const body = await read(c, maxBodyBytes);
    if (!body.ok) return c.json({ error: body.error }, body.status);
    const parsed = parseProgressReport(body.value);
    if (!parsed.ok) return refuse(c, "progress", parsed.problems);
    const job = await jobs.progress(jobIdOf(c), parsed.value);
    if (!job) return unknownJob(c);
    const inactive = inactiveAmong([job]);
    return c.json({
      status: "ok",
      progress_percent: job.progressPercent,
      ...(inactive.length > 0 && { inactive }),
    });
  });

  app.post("/jobs/:id/heartbeat", forReports, async (c) => {
    const body = await read(c, maxBodyBytes);
    if (!body.ok) return c.json({ error: body.error }, body.status);
    const parsed = parseHeartbeat(body.value);
    if (!parsed.ok) return refuse(c, "heartbeat", parsed.problems);
    return ok(c, await jobs.heartbeat(jobIdOf(c), parsed.value));
  });

  app.post("/jobs/:id/final", forReports, async (c) => {
    const body = await read(c, maxMessageBytes + ENVELOPE_BYTES);
    if (!body.ok) return c.json({ error: body.error }, body.status);
    const parsed = parseFinalReport(body.value);
    if (!parsed.ok) return refuse(c, "final", parsed.problems);
    const id = jobIdOf(c);
    const { jobId = id } = parsed.value;
    if (jobId !== id) {
      return refuse(c, "final", [`job_id is ${showJson(jobId)}; that of the path is allowed`]);
    }
    return ok(c, await jobs.final(id, parsed.value));
  });
}

function ok(c: Context<AppEnv>, job: Job | undefined): Response {
  return job ? c.json({ status: "ok" }) : unknownJob(c);
}
