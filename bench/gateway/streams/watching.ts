import { platformEnv } from "../../../tests/kit/mod.ts";

/** What the process that watches is told: paths of streams to open, or to wait for their ends. */
export type Order = { readonly open: readonly string[] } | { readonly await: "ends" };

/** What it answers. */
export type Answer =
  | { readonly opened: number }
  | {
    /** Each stream's job, and when it was over, in milliseconds since the epoch. */
    readonly ends: readonly (readonly [jobId: string, atMs: number])[];
    /** Streams that did not show every update once, in order, and the end. */
    readonly incomplete: number;
  };

/** Processes that watch streams: one alone would be slower than a gateway that serves them. */
const WATCHERS = 2;

/** Processes that watch many streams. */
export class Watching implements AsyncDisposable {
  readonly #watchers: readonly Watcher[];

  /** @param port where the streams are, on this machine */
  constructor(port: number) {
    this.#watchers = Array.from({ length: WATCHERS }, () => new Watcher(port));
  }

  /** Opens streams; resolves when all of them have said the status of their job. */
  async open(paths: readonly string[]): Promise<void> {
    await Promise.all(
      this.#watchers.map((watcher, at) =>
        watcher.open(paths.filter((_, index) => index % WATCHERS === at))
      ),
    );
  }

  /**
   * Waits until every open stream is over.
   *
   * @throws Error when one of them left something out
   */
  async ends(): Promise<(readonly [jobId: string, atMs: number])[]> {
    return (await Promise.all(this.#watchers.map((watcher) => watcher.ends()))).flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#watchers.map((watcher) => watcher[Symbol.asyncDispose]()));
  }
}

/** One of them. */
class Watcher implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(port: number) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        `--allow-net=127.0.0.1:${port}`,
        new URL("watch_streams.ts", import.meta.url).pathname,
        String(port),
      ],
      env: platformEnv(),
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#answers = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async open(paths: readonly string[]): Promise<void> {
    const answer = await this.#ask({ open: paths });
    if (!("opened" in answer)) throw new TypeError("another answer was expected");
  }

  async ends(): Promise<readonly (readonly [jobId: string, atMs: number])[]> {
    const answer = await this.#ask({ await: "ends" });
    if (!("ends" in answer)) throw new TypeError("another answer was expected");
    if (answer.incomplete > 0) throw new Error(`${answer.incomplete} streams left something out`);
    return answer.ends;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#orders.close();
    await this.#answers.cancel();
    await this.#child.status;
  }

  async #ask(order: Order): Promise<Answer> {
    await this.#orders.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
    while (!this.#text.includes("\n")) {
      const { done, value } = await this.#answers.read();
      if (done) throw new Error("the process that watches has ended");
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return JSON.parse(line);
  }
}
