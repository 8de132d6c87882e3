import { isSampled, parseTraceparent } from "@asya/program";
import { isTerminal, jobToWire, type Json, MAX_MESSAGE_DEPTH, parseJson } from "@asya/protocol";
import type { Context } from "@hono/hono";
import { createHash } from "node:crypto";
import { maySee } from "../../auth/access.ts";
import { type AppEnv, jobIdOf } from "../../http/app_env.ts";
import { sseResponse } from "../../http/sse_response.ts";
import { traceHeadersOf } from "../../http/trace_headers.ts";
import type { JobKey, StoredJob } from "../../jobs/stored_job.ts";
import { replayJob } from "../../tools/replay_job.ts";
import type { Answer, AnswerParts } from "../answer.ts";
import { draftKeyOf } from "../draft_key.tsx";
import { jobPath } from "../paths.ts";
import { problemPage } from "../problem_page.tsx";
import { readForm } from "../read_form.ts";
import { jobPage } from "./job_page.tsx";
import type { ReplayDraft, ShownTrace } from "./job_page_parts.ts";
import { readUpdates } from "./read_updates.ts";

/** How a form for a replay is refused. */
const REPLAY_STATUS = { wrong: 400, full: 503, too_large: 413 } as const;

/** One job. */
export const showJob: Answer = async (c, parts) => {
  const stored = await findJob(c, parts);
  return stored ? await answerWithJob(c, parts, stored) : noJob(c, parts);
};

/** What happens to a job from an update on, as its page follows it. */
export const followJob: Answer = async (c, parts) => {
  const stored = await findJob(c, parts);
  if (!stored) return noJob(c, parts);
  if (c.req.method === "HEAD") return sseResponse();
  const { job } = stored;
  // A browser that comes back says the last one that it saw; the page says what it began with.
  const asked = Number(c.req.header("last-event-id") ?? c.req.query("after"));
  const after = Number.isSafeInteger(asked) && asked >= 0 ? Math.min(asked, job.updateCount) : 0;
  const text = "As many streams are open as you may have; close a page that follows a job.";
  return parts.streams.open(job, after, c.var.caller) ??
    parts.show(c, problemPage("Too many streams", text), 429);
};

/** Ends a job that nobody wants any more. */
export const cancelJob: Answer = async (c, parts) => {
  const stored = await findJob(c, parts);
  if (!stored) return noJob(c, parts);
  await parts.jobs.cancel(stored.job.id);
  return c.redirect(jobPath(stored.job.id), 303);
};

/** Makes a new job of one, as a form says, and leads there. */
export const replayFromForm: Answer = async (c, parts) => {
  const stored = await findJob(c, parts);
  if (!stored) return noJob(c, parts);
  const read = await readForm(c.req.raw, parts.maxBodyBytes);
  if (!read.ok) return parts.show(c, problemPage("Nothing was done", read.error), read.status);
  const { form } = read;
  const fromStep = Number(form.get("from_step") ?? 0);
  const text = form.get("payload") ?? "";
  const draft: ReplayDraft = { fromStep, payload: text };
  const refuse = (problem: string, status: 400 | 413 | 503) =>
    answerWithJob(c, parts, stored, { ...draft, problem }, status);
  const payload = parsePayload(text);
  if (!payload.ok) return refuse(`the payload is not JSON: ${payload.reason}`, 400);
  const key = keyOf(c, form);
  const replayed = await replayJob(parts.calls, stored, {
    ...{ fromStep, payload: payload.value, owner: c.var.caller.name },
    headers: traceHeadersOf(c),
    ...(key && { key }),
  });
  if (replayed.kind === "refused") return refuse(replayed.error, REPLAY_STATUS[replayed.reason]);
  return c.redirect(jobPath(replayed.job.id), 303);
};

/** Parts of a job that can be read as they are. */
const RAW_PARTS = ["job", "payload", "result", "error"] as const;

/** One part of a job as plain JSON, however large. */
export const showRaw: Answer = async (c, parts) => {
  const stored = await findJob(c, parts);
  const part = RAW_PARTS.find((part) => part === c.req.param("part"));
  const value = stored && part && rawPart(stored, part);
  if (value === undefined) return noJob(c, parts);
  return c.body(JSON.stringify(value, null, 2), 200, {
    "content-type": "application/json",
    // Whatever is in it, no browser does anything with it but to show it.
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
  });
};

function rawPart(
  stored: StoredJob,
  part: typeof RAW_PARTS[number],
): Json | undefined {
  const { job, payload, result } = stored;
  switch (part) {
    case "job":
      return jobToWire(job, stored);
    case "payload":
      return payload;
    case "result":
      return result;
    case "error":
      return job.errorDetails;
  }
}

async function findJob(c: Context<AppEnv>, { jobs }: AnswerParts): Promise<StoredJob | undefined> {
  const stored = await jobs.find(jobIdOf(c));
  return stored && maySee(c.var.caller, stored.job) ? stored : undefined;
}

function noJob(c: Context<AppEnv>, { show }: AnswerParts): Response {
  const text = "There is no such job. Jobs are deleted some time after they ended.";
  return show(c, problemPage("No such job", text), 404);
}

async function answerWithJob(
  c: Context<AppEnv>,
  { updates, now, show, calls, traceUrl }: AnswerParts,
  stored: StoredJob,
  draft?: ReplayDraft,
  status?: 400 | 413 | 503,
): Promise<Response> {
  const read = await readUpdates(updates, stored.job.id);
  const page = jobPage({
    stored,
    ...read,
    now: now(),
    trace: traceOf(stored, traceUrl),
    mayCall: c.var.caller.scopes.has("tools:call"),
    seesLetters: c.var.caller.scopes.has("jobs:admin"),
    isLive: !isTerminal(stored.job.status),
    draftKey: calls.createId(),
    draft,
  });
  return show(c, page, status);
}

/** The trace of a job; where it is recorded, and somebody says where, it can be looked at. */
function traceOf({ job }: StoredJob, traceUrl: string | undefined): ShownTrace | undefined {
  const context = parseTraceparent(job.traceparent);
  if (!context) return undefined;
  const { traceId: id } = context;
  const href = isSampled(context) ? traceUrl?.replaceAll("{trace_id}", id) : undefined;
  return { id, href };
}

/** What a form's text says; nothing where it says nothing. */
function parsePayload(
  text: string,
): { ok: true; value: Json | undefined } | { ok: false; reason: string } {
  if (text.trim() === "") return { ok: true, value: undefined };
  return parseJson(new TextEncoder().encode(text), MAX_MESSAGE_DEPTH);
}

/** A form that is sent twice, by a second click, is one wish; one that was changed is another. */
function keyOf(c: Context<AppEnv>, form: URLSearchParams): JobKey | undefined {
  const given = draftKeyOf(form);
  if (given === undefined) return undefined;
  const said = JSON.stringify([
    ...[given, c.req.param("id"), c.var.caller.name],
    ...[form.get("from_step"), form.get("payload")],
  ]);
  const digest = createHash("sha256").update(said).digest("base64url");
  return { id: `replay ${digest}`, digest };
}
