/**
 * Tesseract, as this example uses it: one worker thread that reads one image at a time.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import english from "@tesseract.js-data/eng";
import { createWorker, OEM, type Worker } from "tesseract.js";
import engine from "tesseract.js-core/package.json" with { type: "json" };
import { TerminalError } from "@asya/runtime";
import type { TextBlock } from "./page.ts";

const reader = `${engine.name} ${engine.version}`;
const START_TIMEOUT_MS = 10_000;

/** What was read from one image. */
export interface ReadText {
  readonly text: string;
  /** Mean confidence of the words: 0 to 100. */
  readonly confidence: number;
  readonly blocks: readonly TextBlock[];
  /** What read it: name and version, since another version may read otherwise. */
  readonly reader: string;
}

/** Reads the text of images, one at a time. */
export class PageReader {
  readonly #worker: Worker;
  readonly #progress: { report: (fraction: number) => void };

  private constructor(worker: Worker, progress: { report: (fraction: number) => void }) {
    this.#worker = worker;
    this.#progress = progress;
  }

  /**
   * Starts a worker thread and loads the language into it, from the installed npm packages alone.
   *
   * @throws {Error} when the thread cannot start, mostly because it may not read those packages
   */
  static async create(): Promise<PageReader> {
    const progress = { report: (_fraction: number) => {} };
    const failed = Promise.withResolvers<never>();
    // Waits for a thread that died without telling: one that may not read Tesseract's package does.
    const timer = setTimeout(() => {
      failed.reject(new Error(`${reader}: not ready after ${START_TIMEOUT_MS} ms`));
    }, START_TIMEOUT_MS);
    const started = createWorker("eng", OEM.LSTM_ONLY, {
      langPath: languageFolder(),
      // The data lies in an npm package already: a second copy would need write permission.
      cacheMethod: "none",
      logger: (message) => {
        if (message.status === "recognizing text") progress.report(message.progress);
      },
      // Without a handler the library throws where nobody can catch; and what goes wrong while a
      // thread starts is told to nobody else. A failed `recognize` rejects besides.
      errorHandler: (reason) => failed.reject(new Error(`${reader}: ${reason}`)),
    });
    try {
      return new PageReader(await Promise.race([started, failed.promise]), progress);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Reads one image.
   *
   * @param name what to call the image in an error
   * @param image bytes of a PNG or JPEG image
   * @param report is told how far it is: 0 to 1
   * @throws {TerminalError} when the image cannot be decoded
   */
  async read(
    name: string,
    image: Uint8Array,
    report: (fraction: number) => void,
  ): Promise<ReadText> {
    this.#progress.report = report;
    try {
      const { data } = await this.#worker.recognize(Buffer.from(image), {}, {
        text: true,
        blocks: true,
      });
      const paragraphs = (data.blocks ?? []).flatMap((block) => block.paragraphs);
      return {
        text: data.text.trim(),
        confidence: data.confidence,
        blocks: paragraphs.map(({ text, confidence, bbox }) => ({
          text: text.trim(),
          confidence: Math.round(confidence),
          box: { left: bbox.x0, top: bbox.y0, right: bbox.x1, bottom: bbox.y1 },
        })),
        reader,
      };
    } catch (reason) {
      throw new TerminalError(
        `got ${name}, which cannot be decoded (${reason}), allowed: a whole PNG or JPEG image`,
      );
    } finally {
      this.#progress.report = () => {};
    }
  }

  /** Ends the worker thread. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The folder with the integer model: a third of the full data's size, and the same text. */
function languageFolder(): string {
  const { langPath }: { langPath: string } = english;
  return join(dirname(langPath), "4.0.0_best_int");
}
