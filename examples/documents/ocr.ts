/**
 * Step `ocr`: reads page images, and sends each page on as a message of its own.
 *
 * @module
 */
import type { HandlerContext } from "@asya/runtime";
import { parseDocumentRequest } from "./document_request.ts";
import { loadPageImage } from "./page_image.ts";
import { PageReader } from "./page_reader.ts";
import { PageReaders } from "./page_readers.ts";
import type { Page } from "./page.ts";

/** Pages that are read at the same time, whether of one document or of several. */
const READERS = 2;

/** Keeps its readers between messages: starting one costs a quarter of a second. */
export class Ocr {
  #readers: PageReaders<PageReader> | undefined;

  /**
   * Starts the readers, before the first message.
   *
   * @throws {Error} when one of them cannot start; the others are ended first
   */
  async init(): Promise<void> {
    const starts = await Promise.allSettled(
      Array.from({ length: READERS }, () => PageReader.create()),
    );
    this.#readers = new PageReaders(
      starts.flatMap((start) => start.status === "fulfilled" ? start.value : []),
    );
    const failed = starts.find((start) => start.status === "rejected");
    if (failed === undefined) return;
    await this.close();
    throw failed.reason;
  }

  /**
   * Reads every page of a document.
   *
   * @param msg its payload says which pages: see `parseDocumentRequest`
   * @param ctx is told about each page as it is read
   * @returns the page of a one-page document, or a list with a message for each page, in order
   * @throws {ValidationError} when the request is not what is allowed
   * @throws {TerminalError} when one of its images is missing, or is none
   */
  async handle(
    msg: { payload: Record<string, unknown> },
    ctx: HandlerContext,
  ): Promise<Page | Page[]> {
    const readers = this.#readers;
    if (readers === undefined) throw new Error("got a message before init(), allowed: after it");
    const { document, sources } = parseDocumentRequest(msg.payload);
    const done = sources.map(() => 0);
    const report = (index: number, fraction: number) => {
      done[index] = fraction;
      const sum = done.reduce((total, part) => total + part, 0);
      ctx.progress(sum / sources.length, `reading ${sources[index]!.name}`);
    };
    const pages = await Promise.all(
      sources.map((source, index) =>
        readers.use(async (reader): Promise<Page> => {
          ctx.signal.throwIfAborted();
          const image = await loadPageImage(source, import.meta.dirname!);
          const read = await reader.read(source.name, image, (fraction) => report(index, fraction));
          report(index, 1);
          return { document, page: index + 1, pages: sources.length, source: source.name, ...read };
        })
      ),
    );
    return pages.length === 1 ? pages[0]! : pages;
  }

  /** Ends the readers. */
  async close(): Promise<void> {
    await this.#readers?.close();
  }
}
