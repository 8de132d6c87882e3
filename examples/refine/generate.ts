/**
 * The first step: a first draft, which is how the text begins.
 *
 * @module
 */
import { type HandlerMessage, ValidationError } from "@asya/runtime";
import type { Draft } from "./draft.ts";
import { findKeywords, readSentences } from "./language.ts";

/** How many sentences a first draft takes. */
const LEAD = 3;

/** How many keywords a summary is held to. */
const KEYWORDS = 6;

/** What the tool is called with. */
export interface Request {
  /** The text to summarise. */
  readonly text?: string;
  /** Words the summary may have. */
  readonly words?: number;
  /** How often it may be refined. */
  readonly rounds?: number;
}

/**
 * Drafts a summary of `payload.text`.
 *
 * @param msg what is asked for
 * @throws {ValidationError} when there is no text
 */
export default function generate(msg: HandlerMessage<Request>): Draft {
  const { text = "", words = 45, rounds = 6 } = msg.payload;
  const sentences = readSentences(text);
  if (sentences.length === 0) {
    throw new ValidationError(
      `got text: ${JSON.stringify(text)}, allowed: a text of some sentences`,
    );
  }
  return {
    text,
    words,
    rounds,
    keywords: findKeywords(sentences, KEYWORDS),
    lines: sentences.slice(0, LEAD).map(({ text }, from) => ({ from, text })),
    verdicts: [],
  };
}
