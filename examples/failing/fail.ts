/**
 * A handler that fails in every way a handler can, so that each can be seen on the machine of a
 * person who wants to know what happens then.
 *
 * @module
 */
import { type HandlerContext, RetryableError, TerminalError, ValidationError } from "@asya/runtime";

/** The attempt that succeeds when `how` is `retry`. */
const LUCKY_ATTEMPT = 3;

/** Each way to fail, by the word that asks for it. */
const ways = {
  /** A mistake in the code: given up at once, since it would happen again. */
  throw: () => {
    throw new TypeError("got a mistake in the handler's code");
  },
  /** The handler knows that trying again cannot help. */
  give_up: () => {
    throw new TerminalError("got a page that nobody can read, allowed: a readable one");
  },
  /** The handler knows that trying again may help: a service that is busy, a file not there yet. */
  retry: (ctx: HandlerContext) => {
    if (ctx.attempt < LUCKY_ATTEMPT) throw new RetryableError(`attempt ${ctx.attempt} was unlucky`);
    return { answer: "it worked in the end", attempt: ctx.attempt };
  },
  /** Waits for something that never comes, and does not listen to its signal. */
  hang: () => new Promise<never>(() => {}),
  /** Blocks the event loop: only killing the process ends it. */
  spin: () => {
    while (true);
  },
  /** Takes memory until the process dies of it. */
  eat_memory: () => {
    const eaten: string[][] = [];
    while (true) eaten.push(Array.from({ length: 100_000 }, (_, index) => `${index} bites`));
  },
  /** Returns what JSON cannot say. */
  answer_nonsense: () => ({ answer: 42n }),
} satisfies Record<string, (ctx: HandlerContext) => unknown>;

/**
 * Fails as `payload.how` says.
 *
 * @param msg `payload.how` is one of the words above
 * @param ctx which attempt this is
 * @returns an answer for `retry`, from the third attempt on
 * @throws {ValidationError} when `how` is no such word; otherwise whatever was asked for
 */
export default function fail(
  msg: { payload: Record<string, unknown> },
  ctx: HandlerContext,
): object | Promise<never> {
  const { how } = msg.payload;
  if (typeof how !== "string" || !Object.hasOwn(ways, how)) {
    const allowed = Object.keys(ways).join(", ");
    throw new ValidationError(`got how: ${JSON.stringify(how)}, allowed: ${allowed}`);
  }
  return ways[how as keyof typeof ways](ctx);
}
