/**
 * The actors that every mesh has: happy-end and error-end, where messages end, and joins, which put
 * fan-outs together. They are ordinary handlers, hosted by the runtime like anybody's. No broker and
 * no socket may enter here: what they want published they return, and only stores and the gateway
 * are reached from their edge.
 *
 * @example A dead letter is an error envelope with a stamp
 * ```ts
 * import assert from "node:assert/strict";
 * import { createDeadLetter } from "@asya/actors";
 * import { createFailure } from "@asya/protocol";
 *
 * const failure = createFailure("processing_error", "it broke");
 * const body = new TextEncoder().encode("{}");
 * const work = { failure, from: "error-end", jobId: "j1", body } as const;
 * const letter = createDeadLetter(work, "dead-letter-queue", 1_000);
 * assert.equal(JSON.parse(letter?.body ?? "").dead_letter.version, 1);
 * ```
 *
 * @module
 */
export * from "./dead_letter.ts";
export * from "./error_end.ts";
export * from "./folder_store.ts";
export * from "./happy_end.ts";
export * from "./join.ts";
export * from "./object_store.ts";

// What the signatures above mention, so that their users need no second import.
export type { Environment } from "@asya/program";
export type {
  Failure,
  FAILURE_CODES,
  FailureCode,
  Json,
  JsonObject,
  Severity,
} from "@asya/protocol";
export type {
  ANSWER,
  Answer,
  AnswerContent,
  HandlerContext,
  HandlerLog,
  HandlerMessage,
  HandlerRoute,
  OutgoingMessage,
  OutgoingSend,
  RawBody,
} from "@asya/runtime";
