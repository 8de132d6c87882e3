/**
 * Handlers that measure what they do.
 *
 * @module
 */
import type { HandlerContext, HandlerMessage } from "@asya/runtime";

/** What a call asks for. */
interface Wish {
  /** Words of a model, which are streamed. */
  readonly words?: readonly string[];
  /** Whether the model fails. */
  readonly fails?: boolean;
  /** How often to report to a metric of one's own. */
  readonly reports?: number;
}

/** Lets a model speak, and reports whatever is wanted. */
export function* speak({ payload }: HandlerMessage<Wish>, ctx: HandlerContext) {
  const { words = [], fails = false, reports = 0 } = payload;
  const generation = ctx.metrics.generation({ model: "echo-1", provider: "acme" });
  for (const word of words) yield { word };
  if (fails) throw new RangeError("the model fails");
  generation.end({ inputTokens: 5, outputTokens: words.length });
  for (let report = 0; report < reports; report++) {
    ctx.metrics.count("words_total", 2, { kind: "plain" });
    ctx.metrics.gauge("level", report);
    ctx.metrics.observe("score", report);
    ctx.metrics.count("wordz_total");
  }
  return {};
}
