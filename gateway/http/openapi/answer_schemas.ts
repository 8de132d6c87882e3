import {
  anyObject,
  anything,
  choice,
  count,
  type JsonObject,
  list,
  number,
  object,
  optional,
  type Schema,
  text,
} from "@asya/protocol";
import { JOB_STATUSES } from "../parse_job_query.ts";

/** A moment. */
export const time = (description: string): Schema<string> => {
  const schema = text(description);
  return { ...schema, json: { ...schema.json, format: "date-time" } };
};

/** What actors say, or leave empty. */
const anyText = (description: string): Schema<string> => text(description, { minLength: 0 });

const percent = number(0, 100, "how far the job is; it never goes down while the job runs");

const fields = {
  id: text("the job's id"),
  status: choice(JOB_STATUSES, "where it stands; Succeeded and Failed are for good"),
  tool: text("the tool that was called"),
  route: object({
    steps: list(anyText("a queue's name"), "the whole route, in order", { minItems: 1 }),
    current: count(0, "0-based index of the furthest step that was reported"),
    metadata: anyObject("what goes with the message on every step"),
  }),
  payload: anything("what it was called with, defaults filled in; not in lists"),
  result: anything("what came of it, once it has succeeded; not in lists"),
  error: optional(text("why it failed: a failure's code, or a sentence")),
  errorDetails: optional(anyObject("what the failing step said: message, type and the like")),
  timeoutSeconds: number(0, Infinity, "from its creation to its deadline"),
  deadline: time("when it fails if it has not ended"),
  progressPercent: percent,
  currentStep: anyText("the furthest step that was reported"),
  stepsCompleted: count(0, "steps that were reported as done"),
  totalSteps: count(1, "steps in its route"),
  createdAt: time("when it was made"),
  updatedAt: time("when it changed last"),
  updateCount: count(
    0,
    "how many updates it has so far; in its stream, the id of the last of them",
  ),
  resultUri: optional(text("where its outcome is stored")),
  partialResults: optional(
    list(anything("what a branch came to"), "of a job that failed after it fanned out"),
  ),
  replayOf: optional(text("the job that it replays")),
  traceId: optional(text("its distributed trace, also that of log lines; recorded or not")),
};

/** A job, as `jobToWire` writes it. */
export const job: JsonObject =
  object(fields, { description: "A call and what became of it." }).json;

/** The job that a replay became, under both names: that of a job and that of an answer to a call. */
export const replayedJob: JsonObject = object({ jobId: text("the new job's id"), ...fields }).json;

/** Some jobs. */
export const jobList: JsonObject = object({
  jobs: list({ ...anything("a job"), json: job }, "newest first"),
  nextCursor: optional(text("the cursor of the next page; absent at the last one")),
}).json;

/** Something that happened to a job, as `updateToWire` writes it. */
export const jobUpdate: JsonObject = object({
  jobId: text("the job's id"),
  status: fields.status,
  message: anyText("a sentence; that of a progress update begins with its step's status"),
  progressPercent: percent,
  step: optional(anyText("the step that it is about")),
  stepIndex: optional(count(0, "0-based position of that step in the route")),
  stepStatus: optional(
    choice(["received", "processing", "completed", "error"], "the point that step has reached"),
  ),
  durationMs: optional(number(0, Infinity, "milliseconds that the step measured so far")),
  branch: optional(text("fan-out lineage of the message that it is about")),
  branchOutcome: optional(
    choice(["failed"], "the branch was given up; its join decides what becomes of the job"),
  ),
  partial: anything("a chunk that a handler streamed; with the event partial"),
  result: anything("the job's result; with its end"),
  error: optional(text("why the job failed; with its end")),
  timestamp: time("when it was recorded"),
}, { description: "Something that happened to a job." }).json;

/** What is wrong with a request. */
export const problem: JsonObject = object({
  error: text("what was got, and what is allowed"),
}, { description: "Why a request was not answered as it wished." }).json;

/** That something was taken. */
export const taken: JsonObject = object({
  status: choice(["ok"], "it was taken, or is known already"),
}).json;

const inactive = list(text("a job's id"), "jobs whose work should stop");

/** The answer to a progress report. */
export const progressTaken: JsonObject = object({
  status: choice(["ok"], "it was taken, or is known already"),
  progressPercent: percent,
  inactive: optional(inactive),
}).json;

/** The answer to a batch of progress reports. */
export const batchTaken: JsonObject = object({
  status: choice(["ok"], "what could be used was taken"),
  inactive,
  problems: optional(list(text("a sentence"), "what is wrong with reports that were not taken")),
}).json;

/** Whether a job is still worked on. */
export const activity = (active: boolean): JsonObject => ({
  type: "object",
  properties: { active: { const: active } },
  required: ["active"],
});

/** Tools, in MCP's words. */
export const toolList: JsonObject = {
  type: "object",
  properties: {
    tools: {
      type: "array",
      description: "in the order of their file, the built-in one last",
      items: {
        type: "object",
        properties: {
          name: { type: "string", description: "what a call names" },
          description: { type: "string" },
          inputSchema: {
            type: "object",
            description: "what its arguments are, as JSON Schema 2020-12",
          },
          outputSchema: {
            type: "object",
            description: "what its structuredContent is, as JSON Schema 2020-12",
          },
          execution: {
            type: "object",
            description: "whether a call over MCP can be a task",
            properties: { taskSupport: { enum: ["optional"] } },
          },
        },
        required: ["name", "inputSchema"],
      },
    },
  },
  required: ["tools"],
};

/** The answer to a call, in MCP's words. */
export const callResult: JsonObject = {
  type: "object",
  description: "MCP's CallToolResult.",
  properties: {
    content: {
      type: "array",
      description: "for people and models to read",
      items: {
        type: "object",
        properties: { type: { const: "text" }, text: { type: "string" } },
        required: ["type", "text"],
      },
    },
    structuredContent: {
      type: "object",
      description: "the job's id and URLs (job_id, status_url, stream_url), or, of a tool that " +
        "waits, the job's result; a result that is no object is {result: it}",
    },
    isError: {
      type: "boolean",
      description: "true for wrong arguments, which made no job, and for a job that failed",
    },
  },
  required: ["content"],
};
