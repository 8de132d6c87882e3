/**
 * A reader of pages and a judge of what it read, for people to try in a browser.
 *
 * @module
 */
import { type HandlerMessage, ValidationError } from "@asya/runtime";

/** What a call asks for. */
interface Page {
  readonly text: string;
  readonly count?: number;
}

/** Counts words. */
export function read({ payload }: HandlerMessage<Page>): object {
  return { ...payload, words: payload.text.split(/\s+/).length };
}

/** Says what it thinks of a page, unless that cannot be read. */
export function judge({ payload }: HandlerMessage<Page & { readonly words: number }>): object {
  if (payload.text.startsWith("unreadable")) {
    throw new ValidationError(`this page is <b>unreadable</b>: ${payload.text}`);
  }
  return { verdict: payload.words > 2 ? "long" : "short", text: payload.text };
}
