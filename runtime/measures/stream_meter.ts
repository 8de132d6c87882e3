import type { Measure } from "@asya/protocol/measure";

/** Measures what a handler streams: when the first chunk came, and how many did. */
export class StreamMeter {
  readonly #elapsed: () => number;
  readonly #beganMs: number;
  #firstChunkMs = 0;
  #chunks = 0;

  /** @param elapsed milliseconds by a clock that nobody sets */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
    this.#beganMs = elapsed();
  }

  /** A chunk is here. */
  yielded(): void {
    if (this.#chunks++ === 0) this.#firstChunkMs = this.#elapsed() - this.#beganMs;
  }

  /** What there was; nothing where there was no chunk. */
  end(): Measure | undefined {
    if (this.#chunks === 0) return undefined;
    const durationMs = this.#elapsed() - this.#beganMs;
    return { kind: "stream", firstChunkMs: this.#firstChunkMs, chunks: this.#chunks, durationMs };
  }
}
