/**
 * A handler that streams chunks and is done in the same moment.
 *
 * @module
 */
import { type HandlerContext, type HandlerMessage, RetryableError } from "@asya/runtime";

/** What a call asks for. */
interface Wish {
  /** How many chunks to stream. */
  readonly chunks: number;
  /** How it ends behind them: at its first try, or at every one. */
  readonly fails?: "once" | "always";
}

/** Streams its chunks, then ends at once. */
export default function* stream(
  { payload }: HandlerMessage<Wish>,
  ctx: HandlerContext,
): Generator<object, object> {
  const { chunks, fails } = payload;
  for (let index = 0; index < chunks; index++) yield { attempt: ctx.attempt, index };
  if (fails === "always") throw new TypeError("it always fails");
  if (fails === "once" && ctx.attempt === 1) throw new RetryableError("it fails once");
  return { chunks };
}
