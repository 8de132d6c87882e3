import type { Generation, TokenUsage } from "./handler_metrics.ts";

/** How a use of a model ended. Times are in milliseconds from its beginning. */
export interface GenerationEnd {
  readonly durationMs: number;
  /** When its first token came, where that is known. */
  readonly firstTokenMs?: number;
  readonly usage: TokenUsage;
  /** What kind of error it ended in; not there where it went well. */
  readonly errorType?: string;
}

/** The error type of what has no name, by OpenTelemetry's conventions. */
const OTHER_ERROR = "_OTHER";

/** A use of a model, from its beginning to its one end. Its functions may be passed on alone. */
export class OpenGeneration implements Generation {
  readonly #elapsed: () => number;
  readonly #onEnd: (end: GenerationEnd) => void;
  readonly #beganMs: number;
  #firstMs: number | undefined;
  /** Whether the handler itself said when the first token came. */
  #isFirstSaid = false;
  #isOver = false;

  /**
   * @param elapsed milliseconds by a clock that nobody sets
   * @param onEnd is told once how it ended
   */
  constructor(elapsed: () => number, onEnd: (end: GenerationEnd) => void) {
    this.#elapsed = elapsed;
    this.#onEnd = onEnd;
    this.#beganMs = elapsed();
  }

  readonly firstToken = (): void => {
    if (this.#isOver || this.#isFirstSaid) return;
    this.#isFirstSaid = true;
    this.#firstMs = this.#elapsed() - this.#beganMs;
  };

  /** The handler yields: with what, nobody knows, but it is most likely what the model said. */
  yielded(): void {
    this.#firstMs ??= this.#elapsed() - this.#beganMs;
  }

  readonly end = (usage: TokenUsage = {}): void => this.#end({ usage });

  readonly fail = (error?: unknown, usage: TokenUsage = {}): void =>
    this.#end({ usage, errorType: errorTypeOf(error) });

  #end(how: Pick<GenerationEnd, "usage" | "errorType">): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const durationMs = this.#elapsed() - this.#beganMs;
    const first = this.#firstMs !== undefined && { firstTokenMs: this.#firstMs };
    this.#onEnd({ durationMs, ...first, ...how });
  }
}

/** A class's name says more than a message, and there are fewer of them. */
function errorTypeOf(error: unknown): string {
  const name = error instanceof Error ? error.name : error;
  return typeof name === "string" && name !== "" ? name : OTHER_ERROR;
}
