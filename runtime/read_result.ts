import { createFailure } from "@asya/protocol/failure";
import { isJsonObject, type JsonObject } from "@asya/protocol/json";
import type { Output, Reply, Send } from "@asya/protocol/reply";
import { type AnswerContent, answerContent, type OutgoingMessage } from "./answer.ts";
import { toJsonText } from "./json_text.ts";

/**
 * What a call came to: payloads that are JSON text already, so that they are written only once, or
 * any other reply.
 */
export type Outcome =
  | { readonly kind: "payload"; readonly text: string }
  | { readonly kind: "payloads"; readonly texts: readonly string[] }
  | { readonly kind: "reply"; readonly reply: Reply };

const MESSAGE_KEYS: readonly string[] = ["payload", "steps", "metadata", "headers", "delayMs"];

const ALLOWED = "allowed: one object, an array of objects and nulls, or nothing";

/**
 * Reads what a handler returned. Total: an illegal result is a `processing_error` that says what it
 * was and where.
 *
 * @param result whatever the handler returned
 * @example
 * ```ts
 * import { readResult } from "./read_result.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(readResult({ answer: 42 }), { kind: "payload", text: '{"answer":42}' });
 * assert.deepEqual(readResult([]), { kind: "reply", reply: { kind: "empty" } });
 * const { reply } = readResult("?") as { reply: { failure: { message: string } } };
 * assert.match(reply.failure.message, /^the handler returned a string/);
 * ```
 */
export function readResult(result: unknown): Outcome {
  if (result === null || result === undefined) return replied({ kind: "empty" });
  const content = answerContent(result);
  if (content) return readAnswer(content);
  if (Array.isArray(result)) return readItems(result);
  if (typeof result !== "object") return illegal(`returned a ${typeof result}`);
  const json = toJsonText(result, "result");
  if (!json.ok) return illegal(`returned what cannot be sent: ${json.problem}`);
  return isObjectText(json.text)
    ? { kind: "payload", text: json.text }
    : illegal(`returned what is no object in JSON: ${json.text.slice(0, 100)}`);
}

/**
 * What kind of error an outcome is, in one word: the class that was thrown, else the failure's code.
 *
 * @param outcome what a call came to
 * @returns nothing where it went well
 */
export function errorTypeOf(outcome: Outcome): string | undefined {
  if (outcome.kind !== "reply" || outcome.reply.kind !== "failure") return undefined;
  const { type, code } = outcome.reply.failure;
  return type ?? code;
}

/**
 * A `processing_error` that says what a handler did wrong.
 *
 * @param what what it did, in words that follow "the handler"
 */
export function illegal(what: string): Outcome {
  const failure = createFailure("processing_error", `the handler ${what}; ${ALLOWED}`);
  return replied({ kind: "failure", failure });
}

function readItems(items: readonly unknown[]): Outcome {
  if (items.length === 0) return replied({ kind: "empty" });
  const texts: string[] = [];
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item !== null && (typeof item !== "object" || Array.isArray(item))) {
      const kind = Array.isArray(item)
        ? "an array"
        : item === undefined
        ? "undefined"
        : `a ${typeof item}`;
      return illegal(`returned an array whose item ${index} is ${kind}`);
    }
    const json = toJsonText(item, `result[${index}]`);
    if (!json.ok) return illegal(`returned what cannot be sent: ${json.problem}`);
    if (item !== null && !isObjectText(json.text)) {
      return illegal(`returned an array whose item ${index} is no object in JSON`);
    }
    texts.push(json.text);
  }
  return { kind: "payloads", texts };
}

function readAnswer(content: AnswerContent): Outcome {
  const problem = findProblem(content);
  if (problem !== undefined) return illegal(`answered what cannot be sent: ${problem}`);
  switch (content.kind) {
    case "messages": {
      const outputs = content.messages.map((message) => message && toOutput(message));
      const [first] = outputs;
      if (outputs.length === 0) return replied({ kind: "empty" });
      if (outputs.length === 1 && first) return replied({ kind: "output", output: first });
      return replied({ kind: "fan_out", outputs });
    }
    case "absorbed": {
      const { wakeMs, late } = content;
      const wake = wakeMs !== undefined && { wakeMs };
      return replied({ kind: "absorbed", ...wake, ...(late === true && { late }) });
    }
    case "joined":
      return replied({ kind: "joined", output: toOutput(content.message) });
    case "sends":
      return replied({ kind: "sends", sends: content.sends.map(toSend) });
  }
}

/** What is wrong with an answer: its types are only promises to a handler written in JavaScript. */
function findProblem(content: AnswerContent): string | undefined {
  switch (content.kind) {
    case "messages":
      if (!Array.isArray(content.messages)) return "messages() was not given an array";
      return firstProblem(
        content.messages,
        (message, index) =>
          message === null ? undefined : messageProblem(message, `messages[${index}]`),
      );
    case "absorbed":
      return delayProblem(content.wakeMs, "wakeMs");
    case "joined":
      return messageProblem(content.message, "joined");
    case "sends":
      if (!Array.isArray(content.sends)) return "sends() was not given an array";
      return firstProblem(content.sends, (send, index) => {
        const name = `sends[${index}]`;
        if (typeof send?.queue !== "string" || send.queue === "") return `${name} names no queue`;
        if (isJsonObject(send.message) === (typeof send.body === "string")) {
          return `${name} needs either a message or a body`;
        }
        return delayProblem(send.delayMs, `${name}.delayMs`) ?? jsonProblem(send, name);
      });
  }
}

function messageProblem(
  message: OutgoingMessage | null | undefined,
  name: string,
): string | undefined {
  if (typeof message !== "object" || message === null) return `${name} is no object`;
  const unknown = Object.keys(message).filter((key) => !MESSAGE_KEYS.includes(key));
  if (unknown.length > 0) {
    return `${name} has ${unknown.join(", ")}; ${MESSAGE_KEYS.join(", ")} are allowed`;
  }
  const { steps, metadata, headers } = message;
  if (steps !== undefined && !(Array.isArray(steps) && steps.every((s) => typeof s === "string"))) {
    return `${name}.steps is no list of queue names`;
  }
  if (metadata !== undefined && !isJsonObject(metadata)) return `${name}.metadata is no object`;
  if (headers !== undefined && !isJsonObject(headers)) return `${name}.headers is no object`;
  if (message.payload === undefined) return `${name} has no payload`;
  return delayProblem(message.delayMs, `${name}.delayMs`) ?? jsonProblem(message, name);
}

function delayProblem(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  const isDelay = typeof value === "number" && Number.isFinite(value) && value >= 0;
  return isDelay ? undefined : `${name} is no number of milliseconds from 0`;
}

function jsonProblem(value: unknown, name: string): string | undefined {
  const json = toJsonText(value, name);
  return json.ok ? undefined : json.problem;
}

function firstProblem<T>(
  items: readonly T[],
  problemOf: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function toOutput(message: OutgoingMessage): Output {
  const { payload, steps, metadata, headers, delayMs } = message;
  return {
    payload: payload as Output["payload"],
    ...(steps && { steps: [...steps] }),
    ...(metadata && { metadata }),
    ...(headers && { headers }),
    ...(delayMs !== undefined && { delayMs }),
  };
}

function toSend({ queue, message, body, delayMs }: Send): Send {
  return {
    queue,
    ...(message && { message: message as JsonObject }),
    ...(body !== undefined && { body }),
    ...(delayMs !== undefined && { delayMs }),
  };
}

function isObjectText(text: string): boolean {
  return text.startsWith("{");
}

function replied(reply: Reply): Outcome {
  return { kind: "reply", reply };
}
