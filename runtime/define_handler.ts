import type { JsonObject } from "@asya/protocol/json";
import { answerContent, joined, messages, type OutgoingMessage } from "./answer.ts";
import type { Handler } from "./handler.ts";
import { ValidationError } from "./handler_errors.ts";
import { type AnyGenerator, isGenerator, isPromise } from "./result_kind.ts";
import { describeIssues, type StandardResult, type StandardSchema } from "./standard_schema.ts";

/** What answers beyond plain results a handler may give. */
export type AnswerKind = "absorbed" | "joined" | "sends" | "delay";

/** A handler with what its host should know and check. */
export interface HandlerDefinition<In extends object, Out extends object> {
  /** The schema of the payload; what it converts is what the handler gets. */
  readonly input?: StandardSchema<In>;
  /** The schema of each result. */
  readonly output?: StandardSchema<Out>;
  /** The answers it gives that have no list form; its host refuses to start with that form. */
  readonly answers?: readonly AnswerKind[];
  /** Whether it ends routes: then it is given any body, and answers in list form exactly once. */
  readonly terminal?: boolean;
  /** The handler itself. */
  readonly handle: Handler<In, Out>;
}

/** What a host should know of a handler. */
export interface HandlerTraits {
  /** See {@linkcode HandlerDefinition.answers}. */
  readonly answers: readonly AnswerKind[];
  /** See {@linkcode HandlerDefinition.terminal}. */
  readonly terminal: boolean;
}

/** The key under which a defined handler carries its traits; the same in every copy of this module. */
const TRAITS: unique symbol = Symbol.for("asya.handler");

/**
 * Gives a handler its types, and checks payloads and results where there are schemas.
 *
 * A payload that does not match is a `validation_error` that names the places; a result that does
 * not match is a `processing_error`. The result is a plain function: call it in a test.
 *
 * @param definition the function alone, or with schemas and what its host should know
 * @returns the handler to export
 * @example
 * ```ts
 * import { defineHandler, type HandlerContext } from "@asya/runtime";
 * import assert from "node:assert/strict";
 *
 * const greet = defineHandler<{ name: string }, { greeting: string }>(
 *   (msg) => ({ greeting: `Hello, ${msg.payload.name}!` }),
 * );
 * const ctx = {} as HandlerContext;
 * assert.deepEqual(greet({ payload: { name: "Ada" } }, ctx), { greeting: "Hello, Ada!" });
 * ```
 *
 * @example With a schema (any Standard Schema; this one is written by hand)
 * ```ts
 * import { defineHandler, type HandlerContext, type StandardSchema } from "@asya/runtime";
 * import assert from "node:assert/strict";
 *
 * const input: StandardSchema<{ name: string }> = {
 *   "~standard": {
 *     version: 1,
 *     vendor: "mine",
 *     validate: (value) => {
 *       const { name } = value as { name?: unknown };
 *       return typeof name === "string"
 *         ? { value: { name } }
 *         : { issues: [{ message: "a text is allowed", path: ["name"] }] };
 *     },
 *   },
 * };
 * const greet = defineHandler({ input, handle: (msg) => ({ greeting: `Hello, ${msg.payload.name}!` }) });
 * const ctx = {} as HandlerContext;
 * assert.throws(() => greet({ payload: {} as { name: string } }, ctx), /payload\.name: a text/);
 * ```
 */
export function defineHandler<In extends object = JsonObject, Out extends object = object>(
  definition: Handler<In, Out> | HandlerDefinition<In, Out>,
): Handler<In, Out> {
  const given = typeof definition === "function" ? { handle: definition } : definition;
  const { input, output, handle, answers = [], terminal = false }: HandlerDefinition<In, Out> =
    given;
  const accepting: Handler<In, Out> = input
    ? checkInput(input, handle)
    : (msg, ctx) => handle(msg, ctx);
  const handler = output ? checkOutput(output, accepting) : accepting;
  const traits: HandlerTraits = { answers, terminal };
  return Object.assign(handler, { [TRAITS]: traits });
}

/**
 * What a host should know of a handler: what {@linkcode defineHandler} was told, or what the handler's
 * class or object says in a property `traits`. A plain function has no traits.
 *
 * @param handler the function that is called
 * @param owner the class or object it is a method of
 * @example
 * ```ts
 * import { defineHandler, type HandlerTraits, handlerTraits } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * const handler = defineHandler({ terminal: true, handle: () => null });
 * assert.deepEqual(handlerTraits(handler), { answers: [], terminal: true });
 *
 * class Join {
 *   static readonly traits: Partial<HandlerTraits> = { answers: ["absorbed", "joined"] };
 *   join() {}
 * }
 * assert.deepEqual(handlerTraits(new Join().join, Join).answers, ["absorbed", "joined"]);
 * ```
 */
export function handlerTraits(handler: unknown, owner?: unknown): HandlerTraits {
  const defined = (handler as { readonly [TRAITS]?: HandlerTraits } | undefined)?.[TRAITS];
  const said = (owner as { readonly traits?: Partial<HandlerTraits> } | undefined)?.traits;
  return { answers: [], terminal: false, ...said, ...defined };
}

/** What a handler may give at once: a result, a promise of one, or a stream that ends in one. */
type Given<Out extends object> = ReturnType<Handler<never, Out>>;

function checkInput<In extends object, Out extends object>(
  schema: StandardSchema<In>,
  handle: Handler<In, Out>,
): Handler<In, Out> {
  return (msg, ctx) => {
    const accept = (checked: StandardResult<In>): Given<Out> => {
      if (checked.issues) throw new ValidationError(describeIssues("payload", checked.issues));
      return handle({ ...msg, payload: checked.value }, ctx);
    };
    const checked = schema["~standard"].validate(msg.payload);
    // A promise of a stream is as good to a host as a stream, though the type does not say so.
    return isPromise(checked) ? checked.then(accept) as Given<Out> : accept(checked);
  };
}

function checkOutput<In extends object, Out extends object>(
  schema: StandardSchema<Out>,
  handle: Handler<In, Out>,
): Handler<In, Out> {
  const check = (given: unknown): unknown => {
    if (isGenerator(given)) return checkStream(schema, given);
    return isPromise(given) ? given.then(check) : checkResult(schema, given);
  };
  return (msg, ctx) => check(handle(msg, ctx)) as Given<Out>;
}

async function* checkStream(
  schema: StandardSchema,
  stream: AnyGenerator,
): AsyncGenerator<unknown, unknown, void> {
  return await checkResult(schema, yield* stream);
}

async function checkResult(schema: StandardSchema, result: unknown): Promise<unknown> {
  const checkOne = async (value: unknown, where: string): Promise<unknown> => {
    const checked = await schema["~standard"].validate(value);
    if (!checked.issues) return checked.value;
    throw new TypeError(`not what the handler declares: ${describeIssues(where, checked.issues)}`);
  };
  const checkMessage = async (message: OutgoingMessage, where: string) => ({
    ...message,
    payload: await checkOne(message.payload, where),
  });
  const content = answerContent(result);
  switch (content?.kind) {
    case "messages":
      return messages(
        await Promise.all(
          content.messages.map((message, index) =>
            message && checkMessage(message, `messages[${index}].payload`)
          ),
        ),
      );
    case "joined":
      return joined(await checkMessage(content.message, "joined.payload"));
    case "absorbed":
    case "sends":
      return result;
  }
  if (result === null || result === undefined) return result;
  if (!Array.isArray(result)) return await checkOne(result, "result");
  return await Promise.all(
    result.map((item, index) => item === null ? null : checkOne(item, `result[${index}]`)),
  );
}
