import { troubleOf } from "@asya/program/postgres";
import { clearImmediate, setImmediate } from "node:timers";
import { toStoreError } from "../store_error.ts";

/** How questions are asked together. */
export interface BatchesOptions<Q, A> {
  /** Asks some of them: one answer for each, in their order, or an error for all. */
  readonly ask: (questions: readonly Q[]) => Promise<readonly Answer<A>[]>;
  /** How many batches may be under way. */
  readonly lanes: number;
  /** Questions of one batch. */
  readonly maxQuestions: number;
  /** Size of a question, so that a batch of large ones has fewer. */
  readonly sizeOf?: (question: Q) => number;
}

/** An answer, or what is wrong with its question alone. */
export type Answer<A> = { readonly value: A } | { readonly error: unknown };

/** A question that waits for its answer. */
interface Waiting<Q, A> {
  readonly question: Q;
  readonly size: number;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds the text of one batch, a single question aside. */
const MAX_BATCH_SIZE = 4 * 1024 * 1024;

/** What waits is bounded; whoever comes beyond that is told to come again. */
const MAX_WAITING = 20_000;
const MAX_WAITING_SIZE = 64 * 1024 * 1024;

/**
 * Asks many questions at once: while one batch is under way the next one gathers, so that batches
 * grow with the load, and all of one share a way to the server and a wait for its disk.
 */
export class Batches<Q, A> {
  readonly #options: BatchesOptions<Q, A>;
  readonly #underWay = new Set<Promise<void>>();
  #waiting: Waiting<Q, A>[] = [];
  #waitingSize = 0;
  #start: ReturnType<typeof setImmediate> | undefined;

  /** @param options how to ask */
  constructor(options: BatchesOptions<Q, A>) {
    this.#options = options;
  }

  /**
   * Asks one question, with others.
   *
   * @throws {StoreError} where it cannot be answered at this moment
   */
  ask(question: Q): Promise<A> {
    const size = this.#options.sizeOf?.(question) ?? 0;
    if (this.#waiting.length >= MAX_WAITING || this.#waitingSize >= MAX_WAITING_SIZE) {
      return Promise.reject(toStoreError(new Error("too much waits for the database already")));
    }
    const { promise, resolve, reject } = Promise.withResolvers<A>();
    this.#waiting.push({ question, size, resolve, reject });
    this.#waitingSize += size;
    // Waits for the end of this turn of the event loop.
    this.#start ??= setImmediate(() => this.#begin());
    return promise;
  }

  /** Resolves when all questions are answered. */
  async settled(): Promise<void> {
    if (this.#start) this.#begin();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #begin(): void {
    if (this.#start) clearImmediate(this.#start);
    this.#start = undefined;
    while (this.#waiting.length > 0 && this.#underWay.size < this.#options.lanes) {
      const done = this.#askAll(this.#take()).finally(() => {
        this.#underWay.delete(done);
        this.#begin();
      });
      this.#underWay.add(done);
    }
  }

  #take(): Waiting<Q, A>[] {
    let count = 0;
    for (let size = 0; count < this.#options.maxQuestions; count++) {
      const next = this.#waiting[count];
      if (!next) break;
      size += next.size;
      if (count > 0 && size > MAX_BATCH_SIZE) break;
    }
    const taken = this.#waiting.splice(0, count);
    for (const { size } of taken) this.#waitingSize -= size;
    return taken;
  }

  async #askAll(batch: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await this.#options.ask(batch.map(({ question }) => question));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index] ?? { error: new Error("a question was not answered") };
        if ("value" in answer) resolve(answer.value);
        else reject(toStoreError(answer.error));
      });
    } catch (error) {
      // The values of one must not spoil the others'.
      if (batch.length > 1 && troubleOf(error) === "data") {
        for (const one of batch) await this.#askAll([one]);
      } else for (const { reject } of batch) reject(toStoreError(error));
    }
  }
}
