import {
  finalReportSchema,
  heartbeatSchema,
  progressBatchSchema,
  progressReportSchema,
} from "@asya/protocol";
import { jobIdSchema } from "../app_env.ts";
import { batchTaken, progressTaken, taken } from "./answer_schemas.ts";
import { exampleFinal, exampleId, exampleProgress } from "./examples.ts";
import type { Operation } from "./operation.ts";
import { BODY_REFUSALS, REPORT_REFUSALS } from "./refusals.ts";

/** A report is read whatever it is declared as. */
const { 415: _, ...BODY } = BODY_REFUSALS;

const report = {
  method: "post",
  tag: "reports",
  needs: "internal_token",
  refusals: { ...REPORT_REFUSALS, ...BODY },
} as const;

const aboutOne = {
  ...report,
  inPath: { id: jobIdSchema },
  refusals: { ...report.refusals, 404: "There is no such job." },
} as const;

/** What sidecars and terminal actors report. */
export const reportOperations: readonly Operation[] = [
  {
    ...report,
    id: "reportProgressOfMany",
    path: "/progress",
    summary: "Reports about steps of several jobs",
    description: "A bad report does not spoil the rest; reports about unknown jobs are ignored.",
    body: {
      schema: progressBatchSchema,
      examples: { batch: { updates: [{ job_id: exampleId, ...exampleProgress }] } },
    },
    answers: {
      200: {
        description: "What could be used was taken.",
        json: batchTaken,
        example: { status: "ok", inactive: [] },
      },
    },
  },
  {
    ...aboutOne,
    id: "reportProgress",
    path: "/jobs/{id}/progress",
    summary: "Reports about a step of a job",
    body: { schema: progressReportSchema, examples: { processing: exampleProgress } },
    answers: {
      200: {
        description: "It was taken; a report that comes late changes nothing.",
        json: progressTaken,
        example: { status: "ok", progress_percent: 33.3 },
      },
    },
  },
  {
    ...aboutOne,
    id: "reportHeartbeat",
    path: "/jobs/{id}/heartbeat",
    summary: "A sign of life from an actor",
    body: {
      schema: heartbeatSchema,
      examples: { begun: { actor_name: "ocr", status: "picked_up" } },
    },
    answers: { 200: { description: "It was taken.", json: taken, example: { status: "ok" } } },
  },
  {
    ...aboutOne,
    id: "reportEnd",
    path: "/jobs/{id}/final",
    summary: "How a job, or one of its branches, ended",
    description: "The first end counts. What comes later is acknowledged and changes nothing.",
    body: {
      schema: finalReportSchema,
      examples: {
        succeeded: exampleFinal,
        failed: {
          status: "failed",
          error: "processing_error",
          error_details: { message: "no such page", type: "RangeError", step: "ocr" },
        },
      },
    },
    answers: { 200: { description: "It was taken.", json: taken, example: { status: "ok" } } },
  },
];
