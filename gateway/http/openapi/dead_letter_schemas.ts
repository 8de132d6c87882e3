import {
  anyObject,
  anything,
  count,
  type JsonObject,
  list,
  object,
  optional,
  text,
} from "@asya/protocol";
import { time } from "./answer_schemas.ts";
import { flag, nullable } from "./answer_words.ts";

const anyText = (description: string) => nullable(text(description, { minLength: 0 }));

const summary = {
  id: text("stands for the letter in every listing"),
  jobId: anyText("the job it was of"),
  tool: anyText("the tool that was called, where the job is still known"),
  error: text("why it was given up: a failure's code, a broker's reason, or unknown", {
    minLength: 0,
  }),
  message: text("the same in a sentence", { minLength: 0 }),
  step: anyText("the queue whose work failed"),
  actor: anyText("the actor that failed"),
  attempt: nullable(count(1, "1-based number of the last try")),
  from: anyText("who gave it up: a terminal actor, or a queue of the broker"),
  created: nullable(time("when its job began")),
  queuedAt: nullable(time("when it was put here")),
  bytes: count(0, "size of the body that failed"),
  stored: anyText("where that body is stored"),
  replayable: flag("whether it can be replayed from the step that failed, with what it got"),
  whyNot: optional(text("what a replay needs besides")),
};

/** A letter in a listing. */
const summaryJson: JsonObject = object(summary).json;

/** A letter with all that is in it. */
export const deadLetter: JsonObject = object({
  ...summary,
  errorDetails: anyObject("what else is known of the failure"),
  route: nullable(object({
    steps: list(text("a queue's name"), "the whole route, in order", { minItems: 1 }),
    current: count(0, "0-based index of the step that failed"),
    metadata: anyObject("what goes with the message on every step"),
  })),
  payload: anything("what the failing step got"),
  headers: optional(anyObject("application headers of the message that failed")),
  originalMessage: optional(text("the exact body that failed", { minLength: 0 })),
  originalEncoding: optional(text("base64, where the body is not UTF-8")),
}, { description: "Work that was given up." }).json;

/** Some letters. */
export const deadLetterList: JsonObject = object({
  deadLetters: list({ ...anything("a letter"), json: summaryJson }, "the oldest first"),
  nextCursor: optional(text("the cursor of the next page; absent at the last one")),
  scanned: count(0, "how many letters were looked at"),
  complete: flag("false when there are more than are looked at"),
}).json;

/** That a letter is gone. */
export const purged: JsonObject = object({ purged: flag("it is gone") }).json;
