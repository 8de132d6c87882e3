import { TextLineStream } from "./text_line_stream.ts";
import { inTime } from "./poll.ts";
import { assertNoSecrets } from "./shown_secrets.ts";

/** One line that a process wrote: its fields where it is JSON, else only its text. */
export interface OutputLine {
  readonly text: string;
  readonly stream: "stdout" | "stderr";
  /** The constant words of a log line. */
  readonly message?: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What to start. */
export interface ProcessOptions {
  /** A name for failures. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether its standard input stays open, and says nothing, until it is disposed of. */
  readonly keepInputOpen?: boolean;
}

/** A process that a test started; disposing kills it. */
export class RunningProcess implements AsyncDisposable {
  readonly name: string;
  readonly lines: OutputLine[] = [];
  readonly #env: Readonly<Record<string, string>>;
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;
  readonly #closeInput: () => Promise<void>;
  #status: Deno.CommandStatus | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.#env = options.env;
    this.#child = new Deno.Command(options.command, {
      args: [...options.args],
      env: { ...options.env },
      clearEnv: true,
      cwd: options.cwd,
      stdin: options.keepInputOpen ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#closeInput = options.keepInputOpen ? () => this.#child.stdin.close() : async () => {};
    this.#read = Promise.all([
      this.#collect("stdout", this.#child.stdout),
      this.#collect("stderr", this.#child.stderr),
      this.#child.status.then((status) => {
        this.#status = status;
        this.#wake();
      }),
    ]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** How it ended; `undefined` while it runs. */
  get status(): Deno.CommandStatus | undefined {
    return this.#status;
  }

  /** Resolves when it has ended, while some of its output may still be unread. */
  get exited(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Everything it wrote, for a failure's message. */
  get output(): string {
    return this.lines.map(({ text }) => text).join("\n");
  }

  /**
   * Waits for a line; lines that were written before count.
   *
   * @param what the line's constant message, or what it must fulfil
   * @throws Error with all output, when the process ends or the time is over before
   */
  async waitForLine(
    what: string | ((line: OutputLine) => boolean),
    timeoutMs = 10_000,
  ): Promise<OutputLine> {
    const isIt = typeof what === "string" ? (line: OutputLine) => line.message === what : what;
    const words = `${typeof what === "string" ? `"${what}"` : "a line"} of ${this.name}`;
    const giveUpAt = performance.now() + timeoutMs;
    for (let from = 0, to = 0;; from = to) {
      to = this.lines.length;
      const found = this.lines.slice(from, to).find(isIt);
      if (found) return found;
      if (this.#status) {
        throw new Error(
          `${this.name} ended (${this.#status.code}) before ${words}:\n${this.output}`,
        );
      }
      const leftMs = giveUpAt - performance.now();
      const error = () =>
        new Error(`waited ${timeoutMs} ms for ${words}; it wrote:\n${this.output}`);
      if (leftMs <= 0) throw error();
      await inTime(words, this.#changed.promise, leftMs).catch(() => {
        throw error();
      });
    }
  }

  /** Sends a signal; one that finds no process is no error. */
  signal(name: Deno.Signal): void {
    if (this.#status) return;
    try {
      this.#child.kill(name);
    } catch (error) {
      // It ended by itself in this moment.
      if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
    }
  }

  /**
   * Waits until it has ended and all of its output is read.
   *
   * @throws Error when it wrote a secret of its environment: no log of any test shows one
   */
  async ended(timeoutMs = 30_000): Promise<Deno.CommandStatus> {
    await inTime(`the end of ${this.name}, which wrote:\n${this.output}`, this.#read, timeoutMs);
    assertNoSecrets(this.name, this.#env, this.lines);
    return await this.#child.status;
  }

  /** Ends it with SIGTERM, as an orchestrator does. */
  async stop(timeoutMs = 30_000): Promise<Deno.CommandStatus> {
    this.signal("SIGTERM");
    return await this.ended(timeoutMs);
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<Deno.CommandStatus> {
    this.signal("SIGKILL");
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#closeInput();
  }

  async #collect(
    stream: OutputLine["stream"],
    readable: ReadableStream<Uint8Array>,
  ): Promise<void> {
    for await (
      const text of readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    ) {
      this.lines.push(parseLine(stream, text));
      this.#wake();
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function parseLine(stream: OutputLine["stream"], text: string): OutputLine {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) {
      const { message } = fields as Record<string, unknown>;
      return {
        text,
        stream,
        fields: fields as Record<string, unknown>,
        ...(typeof message === "string" && { message }),
      };
    }
  } catch {
    // Not a log line: what a handler printed, or what the platform wrote about a crash.
  }
  return { text, stream, fields: {} };
}
