/** What was saved, and when. */
export interface Saved {
  /** Paths of files. */
  readonly files: readonly string[];
  /** When the first of them was, on the clock of `performance.now()`. */
  readonly savedAtMs: number;
}

/**
 * Reloads one thing, once at a time: what is saved while a reload is under way is taken together by
 * the next one, and the present one is told that it is out of date.
 *
 * @example
 * ```ts
 * import { ReloadLane } from "./reload_lane.ts";
 * import assert from "node:assert/strict";
 * const taken: string[][] = [];
 * const lane = new ReloadLane(({ files }) => {
 *   taken.push([...files]);
 *   return Promise.resolve();
 * });
 * await Promise.all(["a", "b", "c"].map((file) => lane.save({ files: [file], savedAtMs: 0 })));
 * assert.deepEqual(taken, [["a"], ["b", "c"]]);
 * ```
 */
export class ReloadLane {
  readonly #reload: (saved: Saved, outdated: AbortSignal) => Promise<void>;
  #waiting: Saved | undefined;
  #present = new AbortController();
  #working: Promise<void> | undefined;

  /** @param reload takes what was saved; its signal says that something else was saved since */
  constructor(reload: (saved: Saved, outdated: AbortSignal) => Promise<void>) {
    this.#reload = reload;
  }

  /** Takes note of what was saved. Resolves when it is taken, and all that came with it. */
  save({ files, savedAtMs }: Saved): Promise<void> {
    const before = this.#waiting ?? { files: [], savedAtMs };
    this.#waiting = {
      files: [...new Set([...before.files, ...files])],
      savedAtMs: before.savedAtMs,
    };
    this.#present.abort();
    return this.#working ??= this.#work().finally(() => this.#working = undefined);
  }

  async #work(): Promise<void> {
    while (this.#waiting) {
      const saved = this.#waiting;
      this.#waiting = undefined;
      this.#present = new AbortController();
      await this.#reload(saved, this.#present.signal);
    }
  }
}
