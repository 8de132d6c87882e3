/**
 * A handler that answers bit by bit: what it yields is streamed to whoever watches the job, what it
 * returns is the result. What its model takes and gives is measured.
 *
 * @module
 */
import { type HandlerContext, ValidationError } from "@asya/runtime";
import { shorten } from "./shorten.ts";

/** What stands for a language model here: it takes words for tokens. */
const MODEL = { model: "shorten-1", provider: "asya", operation: "text_completion" };

/** The next piece of the summary. */
export interface SummaryPiece {
  readonly delta: string;
}

/** The whole of it. */
export interface Summary {
  readonly summary: string;
  readonly words: number;
}

/**
 * Summarises `payload.text` in `payload.sentences` (default 2) sentences, word by word.
 *
 * @param msg `payload.pause_ms` (default 60) stands for the time a language model thinks about a word
 * @param ctx its signal ends the pauses when nobody waits any more
 * @throws {ValidationError} when the payload has no text
 */
export default async function* summarise(
  msg: { payload: Record<string, unknown> },
  ctx: HandlerContext,
): AsyncGenerator<SummaryPiece, Summary> {
  const { text } = msg.payload;
  if (typeof text !== "string" || text.trim() === "") {
    throw new ValidationError(`got text: ${JSON.stringify(text)}, allowed: some text`);
  }
  const generation = ctx.metrics.generation(MODEL);
  const words = shorten(text, countOr(2, msg.payload.sentences)).split(/\s+/);
  const pauseMs = countOr(60, msg.payload.pause_ms);
  for (const [index, word] of words.entries()) {
    await pause(pauseMs, ctx.signal);
    ctx.progress((index + 1) / words.length);
    yield { delta: index === 0 ? word : ` ${word}` };
  }
  generation.end({ inputTokens: text.trim().split(/\s+/).length, outputTokens: words.length });
  return { summary: words.join(" "), words: words.length };
}

function countOr(otherwise: number, value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : otherwise;
}

/** Stands for the work of a model, so that a person can watch the words arrive. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
