import { judge, type Verdict } from "./judge.ts";
import type { Ledger } from "./ledger.ts";
import type { ObservedExit } from "./classify_exit.ts";
import type { ChildEnd } from "./exit_record.ts";
import { readLedger } from "./read_ledger.ts";

/** How often the process is looked at. */
const LOOK_MS = 150;

/** Characters of what the process wrote to standard error that are kept. */
const KEPT_TEXT = 8_192;

/** How a handler's process is started. */
export interface ChildCommand {
  /** Flags and arguments of Deno. */
  readonly args: readonly string[];
  /** Variables that differ from this process's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Its identity on the wire. */
  readonly instance: string;
  /** Path of its ledger. */
  readonly ledgerPath: string;
  /** Called when it has to be killed. */
  readonly onVerdict: (verdict: NonNullable<Verdict>) => void;
}

/** A process that runs a handler: started, looked after, and ended. */
export class ChildProcess {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<ChildEnd>;
  readonly #child: Deno.ChildProcess;
  readonly #command: ChildCommand;
  #killedFor: ObservedExit["killedFor"];
  #errorText = "";
  #suspected = false;

  /** @param command how to start it */
  constructor(command: ChildCommand) {
    this.#command = command;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...command.args],
      env: command.env,
      stdin: "piped",
      stdout: "inherit",
      stderr: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.ended = this.#watch();
  }

  /** Tells the process to finish what it has in hand and end: it sees its input closed. */
  async askToEnd(): Promise<void> {
    try {
      await this.#child.stdin.close();
    } catch {
      // It has ended already, or been asked before.
    }
  }

  /** Ends the process at once. */
  kill(reason: NonNullable<ObservedExit["killedFor"]>): void {
    this.#killedFor ??= reason;
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself in the meantime.
    }
  }

  async #watch(): Promise<ChildEnd> {
    const passing = this.#passErrors();
    // Looks whether the process still turns: one that is blocked cannot help itself.
    const looking = setInterval(() => this.#look(), LOOK_MS);
    const { code, signal } = await this.#child.status;
    clearInterval(looking);
    await passing;
    await this.askToEnd();
    const ledger = this.#ledger();
    return {
      observed: {
        code,
        ...(signal !== null && { signal }),
        errorText: this.#errorText,
        phase: ledger?.phase ?? "starting",
        ...(this.#killedFor && { killedFor: this.#killedFor }),
      },
      ledger,
    };
  }

  /** Kills the process when two looks in a row find it beyond help. */
  #look(): void {
    const ledger = this.#ledger();
    const verdict = ledger && judge(ledger, Date.now());
    if (verdict && this.#suspected && this.#killedFor === undefined) {
      this.#command.onVerdict(verdict);
      this.kill("timeout");
    }
    this.#suspected = verdict !== undefined;
  }

  /** The ledger, once it is this process's own. */
  #ledger(): Ledger | undefined {
    const ledger = readLedger(this.#command.ledgerPath);
    return ledger?.instance === this.#command.instance ? ledger : undefined;
  }

  /** Passes on what the process writes to standard error, and keeps the end of it. */
  async #passErrors(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stderr) {
      this.#errorText = (this.#errorText + decoder.decode(bytes, { stream: true }))
        .slice(-KEPT_TEXT);
      await writeErrors(bytes);
    }
  }
}

async function writeErrors(bytes: Uint8Array): Promise<void> {
  try {
    for (let offset = 0; offset < bytes.length;) {
      offset += await Deno.stderr.write(bytes.subarray(offset));
    }
  } catch {
    // Nobody reads the log any more; that is no reason to let the handler wait.
  }
}
