import { KubeError } from "../../reconcile/kube_error.ts";
import type { Api, Call } from "../api.ts";

/** A watch that a test holds the other end of. */
export class ScriptedWatch {
  readonly call: Call;
  readonly #lines: unknown[] = [];
  #failure: KubeError | undefined;
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  constructor(call: Call) {
    this.call = call;
    call.signal?.addEventListener("abort", () => this.end(), { once: true });
  }

  /** Sends an event. */
  send(type: string, object: unknown): void {
    this.#lines.push({ type, object });
    this.#changed.resolve();
  }

  /** Ends in order. */
  end(): void {
    this.#isOver = true;
    this.#changed.resolve();
  }

  /** Breaks. */
  cut(): void {
    this.#failure = new KubeError("unreachable", "the connection broke");
    this.end();
  }

  async *lines(): AsyncGenerator<unknown> {
    while (true) {
      while (this.#lines.length > 0) yield this.#lines.shift();
      if (this.#failure) throw this.#failure;
      if (this.#isOver) return;
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
  }
}

/** An API server that answers what a test says, and keeps what it was asked. */
export class ScriptedApi implements Api {
  readonly calls: Call[] = [];
  readonly watches: ScriptedWatch[] = [];
  readonly #answer: (call: Call) => unknown;

  /** @param answer of one request; what it throws is the answer too */
  constructor(answer: (call: Call) => unknown) {
    this.#answer = answer;
  }

  ask(call: Call): Promise<unknown> {
    this.calls.push(call);
    return Promise.try(() => this.#answer(call));
  }

  async *follow(call: Call): AsyncGenerator<unknown> {
    this.calls.push(call);
    this.#answer(call);
    const watch = new ScriptedWatch(call);
    this.watches.push(watch);
    yield* watch.lines();
  }

  /** The watch that began last. */
  get watch(): ScriptedWatch {
    const watch = this.watches.at(-1);
    if (!watch) throw new Error("nobody watches");
    return watch;
  }
}

/**
 * Lets everything happen that waits for nothing.
 *
 * @param turns how long a chain of promises may be
 */
export async function settle(turns = 40): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}
