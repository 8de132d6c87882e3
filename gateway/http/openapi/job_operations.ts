import { jobIdSchema } from "../app_env.ts";
import { jobQuerySchema } from "../parse_job_query.ts";
import { lastEventIdSchema } from "../parse_last_event_id.ts";
import { replaySchema } from "../parse_replay.ts";
import { traceparentSchema } from "../trace_headers.ts";
import { activity, job, jobList, jobUpdate, replayedJob } from "./answer_schemas.ts";
import { exampleId, exampleJob, exampleStream } from "./examples.ts";
import type { Operation } from "./operation.ts";
import { BODY_REFUSALS, CALLER_REFUSALS, NO_JOB } from "./refusals.ts";

const inPath = { id: jobIdSchema };
const oneJob = { tag: "jobs", inPath, refusals: { ...CALLER_REFUSALS, ...NO_JOB } } as const;

/** What can be asked of jobs. */
export const jobOperations: readonly Operation[] = [
  {
    id: "listJobs",
    method: "get",
    path: "/jobs",
    tag: "jobs",
    summary: "Jobs, newest first",
    description:
      "A caller with a name sees the jobs of that name, unless the scope jobs:admin is there too.",
    needs: "jobs:read",
    query: jobQuerySchema,
    answers: {
      200: {
        description: "A page of jobs, without payloads and results.",
        json: jobList,
        example: { jobs: [withoutPayload()], next_cursor: "41" },
      },
    },
    refusals: { ...CALLER_REFUSALS, 400: "A parameter is unknown, wrong, or given twice." },
  },
  {
    ...oneJob,
    id: "getJob",
    method: "get",
    path: "/jobs/{id}",
    summary: "One job",
    needs: "jobs:read",
    answers: { 200: { description: "The job.", json: job, example: exampleJob } },
  },
  {
    ...oneJob,
    id: "getActivity",
    method: "get",
    path: "/jobs/{id}/active",
    summary: "Whether a job is still worked on",
    needs: "jobs:read",
    answers: {
      200: { description: "It is.", json: activity(true), example: { active: true } },
      410: {
        description: "It has ended, or there is no such job.",
        json: activity(false),
        example: { active: false },
      },
    },
    refusals: CALLER_REFUSALS,
  },
  {
    ...oneJob,
    id: "followJob",
    method: "get",
    path: "/jobs/{id}/stream",
    summary: "Every update of a job, past and to come",
    description:
      "Server-sent events: status with the bare word, then an update or a partial for whatever " +
      "happens, each with its number as id. The stream closes after the job's end. A comment " +
      "every 15 seconds keeps it open.",
    needs: "jobs:read",
    headers: { "Last-Event-ID": lastEventIdSchema },
    answers: {
      200: {
        description: "The events.",
        type: "text/event-stream",
        json: { type: "string" },
        example: exampleStream,
        events: {
          status: { type: "string", description: "the job's status as a bare word, once, first" },
          update: jobUpdate,
          partial: jobUpdate,
        },
      },
    },
  },
  {
    ...oneJob,
    id: "cancelJob",
    method: "post",
    path: "/jobs/{id}/cancel",
    summary: "Fails a job that nobody wants any more",
    description:
      "At most one further step of each branch runs. A job that has ended stays as it is.",
    needs: "tools:call",
    answers: {
      200: {
        description: "The job after it.",
        json: job,
        example: { ...exampleJob, status: "Failed", error: "job cancelled" },
      },
    },
  },
  {
    ...oneJob,
    id: "retryJob",
    method: "post",
    path: "/jobs/{id}/retry",
    summary: "Makes a new job from one of a job's steps",
    description:
      "The new job has the same tool and route, begins its time anew, and names the old. Where " +
      "handlers have changed the route, it is the planned one from the old job's first step, and " +
      "the one that it came to be from any other.",
    needs: "tools:call",
    headers: { traceparent: traceparentSchema },
    body: {
      schema: replaySchema,
      isOptional: true,
      examples: {
        fromTheStart: {},
        fromAStep: { from_step: 1, payload: { text: "as the first step should have read it" } },
      },
    },
    answers: {
      200: {
        description: "The new job.",
        json: replayedJob,
        example: { job_id: exampleId, ...exampleJob, status: "Pending", replay_of: "an older one" },
      },
    },
    refusals: { ...oneJob.refusals, ...BODY_REFUSALS },
  },
];

function withoutPayload() {
  const { payload: _, ...shown } = exampleJob;
  return shown;
}
