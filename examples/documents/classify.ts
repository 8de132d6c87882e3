/**
 * Step `classify`: says what kind of page it is, and which words said so.
 *
 * @module
 */
import examples from "./kinds.json" with { type: "json" };
import { guessKind, type KindGuess, trainKindModel } from "./kind_model.ts";
import { type Page, parsePage } from "./page.ts";

const model = trainKindModel(examples);

/**
 * Adds `kind`, `certainty`, `scores` and `evidence` to a page.
 *
 * @param msg its payload is a page
 * @throws {ValidationError} when the payload is not a page
 */
export default function classify(
  msg: { payload: Record<string, unknown> },
): Page & KindGuess {
  const page = parsePage(msg.payload);
  return { ...page, ...guessKind(model, page.text, page.confidence) };
}
