import { letterIdSchema, letterQuerySchema } from "../parse_letter_query.ts";
import { letterReplaySchema } from "../parse_replay.ts";
import { traceparentSchema } from "../trace_headers.ts";
import { replayedJob } from "./answer_schemas.ts";
import { deadLetter, deadLetterList, purged } from "./dead_letter_schemas.ts";
import { exampleId, exampleJob, exampleLetter } from "./examples.ts";
import type { Operation } from "./operation.ts";
import { BODY_REFUSALS, CALLER_REFUSALS } from "./refusals.ts";

const REFUSALS = {
  ...CALLER_REFUSALS,
  503: "The broker or the jobs cannot be asked at this moment, or others take these letters.",
} as const;

const NO_LETTER = { 404: "There is no such letter, or not any more." } as const;

const admin = { tag: "dead letters", needs: "jobs:admin" } as const;
const ofOne = {
  ...admin,
  inPath: { id: letterIdSchema },
  refusals: { ...REFUSALS, ...NO_LETTER },
} as const;

/** What can be asked of dead letters. */
export const deadLetterOperations: readonly Operation[] = [
  {
    ...admin,
    id: "listDeadLetters",
    method: "get",
    path: "/dead-letters",
    summary: "Work that was given up, the oldest first",
    description: "The letters stay in the broker's queue, of which the first 2000 are looked at. " +
      "While they are, the broker shows them to nobody else.",
    query: letterQuerySchema,
    answers: {
      200: {
        description: "A page of letters.",
        json: deadLetterList,
        example: { dead_letters: [listedLetter()], scanned: 1, complete: true },
      },
    },
    refusals: { ...REFUSALS, 400: "A parameter is unknown, wrong, or given twice." },
  },
  {
    ...ofOne,
    id: "getDeadLetter",
    method: "get",
    path: "/dead-letters/{id}",
    summary: "One letter, with the body that failed",
    answers: { 200: { description: "The letter.", json: deadLetter, example: exampleLetter } },
  },
  {
    ...ofOne,
    id: "replayDeadLetter",
    method: "post",
    path: "/dead-letters/{id}/replay",
    summary: "Makes a new job of a letter, which then is gone",
    description:
      "The new job goes the way of the old one from the step that failed, with what it " +
      "got, and begins its time anew. From another step it needs a payload. The letter goes when " +
      "the job is stored; the same letter replayed the same way is the same job.",
    headers: { traceparent: traceparentSchema },
    body: {
      schema: letterReplaySchema,
      isOptional: true,
      examples: {
        asItWas: {},
        edited: { payload: { page: "s3://scans/1-again.png" } },
        fromAnotherStep: { from_step: 0, payload: { page: "s3://scans/1.png" } },
      },
    },
    answers: {
      200: {
        description: "The new job.",
        json: replayedJob,
        example: { job_id: exampleId, ...exampleJob, status: "Pending", replay_of: "an older one" },
      },
    },
    refusals: {
      ...ofOne.refusals,
      ...BODY_REFUSALS,
      409: "It cannot be replayed just so: what it needs.",
    },
  },
  {
    ...ofOne,
    id: "purgeDeadLetter",
    method: "delete",
    path: "/dead-letters/{id}",
    summary: "Takes a letter away for good",
    answers: { 200: { description: "It is gone.", json: purged, example: { purged: true } } },
  },
];

/** The example as a listing has it. */
function listedLetter() {
  const { error_details: _, route: __, payload: ___, headers: ____, ...rest } = exampleLetter;
  const { original_message: _____, ...listed } = rest;
  return listed;
}
