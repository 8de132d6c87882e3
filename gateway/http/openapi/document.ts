import {
  finalReportSchema,
  heartbeatSchema,
  isJsonObject,
  jobProgressSchema,
  type Json,
  type JsonObject,
  progressBatchSchema,
  progressReportSchema,
  type Schema,
} from "@asya/protocol";
import { createHash } from "node:crypto";
import { callSchema } from "../parse_call.ts";
import { replaySchema } from "../parse_replay.ts";
import * as answers from "./answer_schemas.ts";
import { deadLetterOperations } from "./dead_letter_operations.ts";
import { jobOperations } from "./job_operations.ts";
import * as letterAnswers from "./dead_letter_schemas.ts";
import type { Answer, Operation, Tag } from "./operation.ts";
import { opsOperations } from "./ops_operations.ts";
import { overview, overviewOperations } from "./overview_operations.ts";
import { reportOperations } from "./report_operations.ts";
import { toolOperations } from "./tool_operations.ts";

/** What a document depends on besides the operations. */
export interface DocumentOptions {
  readonly version: string;
  /** The gateway's URL as callers know it; without it, where the document was read. */
  readonly publicUrl?: string | undefined;
  /** Whether callers must show a token. */
  readonly knowsCallers: boolean;
  /** Whether actors must show a token when they report. */
  readonly knowsActors: boolean;
}

/** A document as it is sent. */
export interface RenderedDocument {
  readonly text: string;
  /** Stands for the text, as an entity tag. */
  readonly etag: string;
}

/** Everything that can be asked of a gateway over REST. */
export const operations: readonly Operation[] = [
  ...toolOperations,
  ...jobOperations,
  ...deadLetterOperations,
  ...overviewOperations,
  ...reportOperations,
  ...opsOperations,
];

/** Schemas that have a name in the document. */
const named: Readonly<Record<string, JsonObject>> = {
  Job: answers.job,
  JobList: answers.jobList,
  JobUpdate: answers.jobUpdate,
  ReplayedJob: answers.replayedJob,
  DeadLetter: letterAnswers.deadLetter,
  DeadLetterList: letterAnswers.deadLetterList,
  Overview: overview,
  ToolList: answers.toolList,
  ToolCall: callSchema.json,
  CallResult: answers.callResult,
  Replay: replaySchema.json,
  ProgressReport: progressReportSchema.json,
  JobProgress: jobProgressSchema.json,
  ProgressBatch: progressBatchSchema.json,
  Heartbeat: heartbeatSchema.json,
  FinalReport: finalReportSchema.json,
  Problem: answers.problem,
};

const tags: Readonly<Record<Tag, string>> = {
  tools: "What can be called.",
  jobs: "What became of calls.",
  "dead letters": "What was given up, in the broker's queue for it.",
  overview: "How the whole mesh gets on.",
  reports: "What sidecars and terminal actors tell.",
  operation: "How the gateway is.",
};

const INTRODUCTION =
  "Calls tools, follows their jobs, and takes the reports of actors. GET is also answered as HEAD; " +
  "OPTIONS, and any other method with a 405, name in Allow what a path takes. A body that is " +
  "declared as text/plain, or as nothing, is read as JSON too. The same tools are " +
  "served over the Model Context Protocol at /mcp, which is described by that protocol.";

/**
 * The OpenAPI document of a gateway, made of what its routes read requests with.
 *
 * @param options what it depends on
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function createDocument(options: DocumentOptions): JsonObject {
  const { version, publicUrl } = options;
  const paths: Record<string, JsonObject> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, options),
    };
  }
  const names = new Map(Object.entries(named).map(([name, json]) => [json, name]));
  return {
    openapi: "3.1.1",
    info: {
      title: "Asya gateway",
      version,
      description: INTRODUCTION,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    ...(publicUrl !== undefined && { servers: [{ url: publicUrl }] }),
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: refer(paths, names),
    components: {
      schemas: Object.fromEntries(
        Object.entries(named).map(([name, json]) => [name, referWithin(json, names)]),
      ),
      securitySchemes: {
        caller: {
          type: "http",
          scheme: "bearer",
          description: "A token of a caller; the roles are scopes.",
        },
        actor: { type: "http", scheme: "bearer", description: "The internal token of actors." },
      },
    },
  };
}

/**
 * A document as it is sent.
 *
 * @param document the document
 */
export function renderDocument(document: JsonObject): RenderedDocument {
  const text = JSON.stringify(document);
  const digest = createHash("sha256").update(text).digest("base64url");
  return { text, etag: `"${digest.slice(0, 22)}"` };
}

function describe(operation: Operation, options: DocumentOptions): JsonObject {
  const { id, tag, summary, description, body, refusals } = operation;
  const parameters = describeParameters(operation);
  const responses = [
    ...Object.entries(operation.answers).map((
      [status, answer],
    ) => [status, describeAnswer(answer)]),
    ...Object.entries(refusals).map(([status, why]) => [status, describeRefusal(status, why)]),
  ].sort(([one], [other]) => Number(one) - Number(other));
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: describeNeeds(operation.needs, options),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: body.isOptional !== true,
        content: {
          "application/json": {
            schema: body.schema.json,
            examples: Object.fromEntries(
              Object.entries(body.examples).map(([name, value]) => [name, { value }]),
            ),
          },
        },
      },
    }),
    responses: Object.fromEntries(responses),
  };
}

function describeNeeds(needs: Operation["needs"], options: DocumentOptions): Json[] {
  if (needs === "nothing") return [];
  if (needs === "internal_token") return options.knowsActors ? [{ actor: [] }] : [];
  return options.knowsCallers ? [{ caller: [needs] }] : [];
}

function describeParameters({ inPath = {}, query, headers = {} }: Operation): JsonObject[] {
  const properties = query?.json.properties;
  return [
    ...Object.entries(inPath).map(([name, schema]) =>
      describeParameter("path", name, schema, true)
    ),
    ...Object.entries(isJsonObject(properties) ? properties : {}).map(([name, json]) =>
      describeParameter("query", name, { json: isJsonObject(json) ? json : {} }, false)
    ),
    ...Object.entries(headers).map(([name, schema]) =>
      describeParameter("header", name, schema, false)
    ),
  ];
}

function describeParameter(
  where: string,
  name: string,
  { json }: Pick<Schema<unknown>, "json">,
  required: boolean,
): JsonObject {
  const { description = "", ...schema } = json;
  return { name, in: where, description, required, schema };
}

function describeAnswer(answer: Answer): JsonObject {
  const { description, type = "application/json", json, example, events, headers } = answer;
  return {
    description,
    ...(headers && { headers: describeHeaders(headers) }),
    content: {
      [type]: {
        schema: json,
        ...(example !== undefined && { example }),
        ...(events && { "x-events": { ...events } }),
      },
    },
  };
}

const REFUSAL_HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "401": { "WWW-Authenticate": "How to show a token." },
  "429": { "Retry-After": "After how many seconds to ask again." },
};

function describeRefusal(status: string, description: string): JsonObject {
  const headers = REFUSAL_HEADERS[status];
  return {
    description,
    ...(headers && { headers: describeHeaders(headers) }),
    ...(Number(status) >= 400 && { content: { "application/json": { schema: answers.problem } } }),
  };
}

function describeHeaders(headers: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: "string" } },
    ]),
  );
}

/** Puts a reference wherever a schema stands that has a name. */
function refer(value: Json, names: ReadonlyMap<JsonObject, string>): Json {
  if (Array.isArray(value)) return value.map((item) => refer(item, names));
  if (!isJsonObject(value)) return value;
  const name = names.get(value);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  return referWithin(value, names);
}

function referWithin(value: JsonObject, names: ReadonlyMap<JsonObject, string>): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, refer(one, names)]));
}
