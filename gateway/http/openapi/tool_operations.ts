import { callSchema } from "../parse_call.ts";
import { idempotencyKeySchema } from "../parse_idempotency_key.ts";
import { traceparentSchema } from "../trace_headers.ts";
import { callResult, toolList } from "./answer_schemas.ts";
import { exampleResult } from "./examples.ts";
import type { Operation } from "./operation.ts";
import { BODY_REFUSALS, CALLER_REFUSALS } from "./refusals.ts";

/** What can be asked of tools. */
export const toolOperations: readonly Operation[] = [
  {
    id: "listTools",
    method: "get",
    path: "/tools",
    tag: "tools",
    summary: "The tools that can be called",
    needs: "tools:call",
    answers: { 200: { description: "Every tool.", json: toolList } },
    refusals: CALLER_REFUSALS,
  },
  {
    id: "callTool",
    method: "post",
    path: "/tools/call",
    tag: "tools",
    summary: "Calls a tool",
    description:
      "Answered at once with the job's id, or, by a tool whose wait is always, at the job's end. " +
      "A caller who goes away from such a call leaves the job alone. Wrong arguments are no " +
      "refusal of the request: the answer is a 200 with isError, which names every one of them.",
    needs: "tools:call",
    headers: { "Idempotency-Key": idempotencyKeySchema, traceparent: traceparentSchema },
    body: {
      schema: callSchema,
      examples: {
        call: { name: "read_document", arguments: { page: "s3://scans/1.png" } },
        withoutArguments: { name: "read_document" },
      },
    },
    answers: {
      200: { description: "What the call came to.", json: callResult, example: exampleResult },
    },
    refusals: {
      ...CALLER_REFUSALS,
      ...BODY_REFUSALS,
      404: "There is no such tool.",
      422: "The idempotency key belongs to another call.",
      503: "The gateway holds as many jobs as it may, or jobs cannot be stored at this moment.",
    },
  },
];
