/**
 * A handler that streams, asks a model that is none, and fails when it is told to: it gives
 * dashboards something to show.
 *
 * @module
 */
import { type HandlerContext, type HandlerMessage, RetryableError } from "@asya/runtime";

/** What a call asks for. */
interface Wish {
  /** How it ends: at its first try, or at every one. */
  readonly fails?: "once" | "always";
}

/** Streams two pieces of a text, and says what they took. */
export default function* generate(
  { payload: { fails } }: HandlerMessage<Wish>,
  ctx: HandlerContext,
): Generator<object, object> {
  const generation = ctx.metrics.generation({ model: "small", provider: "nobody" });
  yield { text: "Once" };
  yield { text: "upon a time" };
  if (fails === "once" && ctx.attempt === 1) throw new RetryableError("it fails once");
  if (fails === "always") throw new TypeError("it always fails");
  generation.end({ inputTokens: 12, outputTokens: 4 });
  return { text: "Once upon a time" };
}
