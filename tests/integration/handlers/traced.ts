/**
 * Handlers whose traces are looked at.
 *
 * @module
 */
import { type HandlerContext, type HandlerMessage, RetryableError } from "@asya/runtime";

/** What a call asks for. */
interface Wish {
  /** How many branches to make. */
  readonly branches?: number;
  /** How the work ends: at its first try, or at every one. */
  readonly fails?: string;
}

/** Makes branches. */
export function split({ payload }: HandlerMessage<Wish>): Wish[] {
  const { branches = 0, ...rest } = payload;
  return Array.from({ length: branches }, () => rest);
}

/** Says that it works, and fails where that is wanted. */
export function work({ payload }: HandlerMessage<Wish>, ctx: HandlerContext): Wish {
  console.log(`at work on try ${ctx.attempt}`);
  if (payload.fails === "always") throw new TypeError("it always fails");
  if (payload.fails === "once" && ctx.attempt === 1) throw new RetryableError("it fails once");
  return payload;
}
