import type { InstanceExit } from "@asya/protocol";
import type { Culprits } from "./behaviour.ts";
import type { Host, Instance, RuntimeKind, RuntimeParts } from "./host_parts.ts";
import { OneExchangeHost } from "./one_exchange_host.ts";
import { Pipe, type PipeWatch } from "./pipe.ts";
import { SessionHost } from "./session_host.ts";

/** How many of its ends a runtime remembers. */
const MAX_EXITS = 8;

/** A runtime beside a sidecar, which dies and comes back as it is told. */
export class SimRuntime {
  readonly #parts: RuntimeParts;
  readonly #exits: InstanceExit[] = [];
  readonly #pipes = new Set<Pipe>();
  #kind: RuntimeKind;
  #number = 0;
  #instance: Instance | undefined;
  #host: Host | undefined;
  #stalledUntilMs = 0;
  /** Whether it stays away until somebody brings it back. */
  #isHeldBack = false;

  /**
   * @param parts time, chance and scripts
   * @param kind how it speaks
   */
  constructor(parts: RuntimeParts, kind: RuntimeKind) {
    this.#parts = parts;
    this.#kind = kind;
  }

  /** Tells the listener that there is from one before or after it. */
  get listener(): number | undefined {
    return this.#instance && this.#number;
  }

  /** Who it is, and how it speaks; `undefined` while it is not there. */
  get identity(): { readonly id: string; readonly speaks: RuntimeKind["speaks"] } | undefined {
    const { speaks } = this.#kind;
    // A host of single exchanges has no word for who it is.
    return this.#instance && { id: speaks === "session" ? this.#instance.id : "", speaks };
  }

  /** Starts, unless it is there. */
  start(): void {
    if (this.#instance || this.#isHeldBack) return;
    const { trace, name } = this.#parts;
    const number = ++this.#number;
    const isAlive = () => this.#number === number && this.#instance !== undefined;
    const instance: Instance = {
      id: `${name}.${number}`,
      concurrency: this.#kind.concurrency,
      exits: [...this.#exits],
      get isAlive() {
        return isAlive();
      },
      die: (reason, culprits, call) => this.#die(reason, culprits, call),
    };
    this.#instance = instance;
    const { speaks } = this.#kind;
    this.#host = speaks === "session"
      ? new SessionHost(this.#parts, instance)
      : new OneExchangeHost(this.#parts, instance);
    trace.say(name, `runtime starts, speaks ${speaks}`, `at most ${instance.concurrency}`);
  }

  /**
   * Ends, and starts again soon.
   *
   * @param reason of what
   * @param kind what it is from the next start on
   */
  crash(reason: InstanceExit["reason"], kind: RuntimeKind = this.#kind): void {
    this.#die(reason, "unsaid", 0);
    this.#kind = kind;
  }

  /** Stays away for so long. */
  stayAway(ms: number): void {
    this.#isHeldBack = true;
    this.#die("killed", "nobody", 0);
    this.#parts.clock.after(ms, () => {
      this.#isHeldBack = false;
      this.start();
    });
  }

  /** Reads nothing for so long. */
  stall(ms: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#parts.clock.elapsed() + ms);
  }

  /** Accepts a connection; throws where nobody listens. */
  connect(watch: PipeWatch): Pipe {
    const { clock, dice } = this.#parts;
    if (!this.#instance) {
      const error = new Error("nobody listens");
      error.name = "ConnectionRefused";
      throw error;
    }
    const pipe = new Pipe(clock, dice, watch, () => this.#stalledUntilMs - clock.elapsed());
    this.#pipes.add(pipe);
    this.#host?.serve(pipe.host);
    return pipe;
  }

  #die(reason: InstanceExit["reason"], culprits: Culprits, call: number): void {
    const { clock, dice, trace, name } = this.#parts;
    if (!this.#instance) return;
    const at = new Date(clock.now()).toISOString();
    const named = culprits === "itself" ? [call] : culprits === "nobody" ? [] : undefined;
    const exit = { instance: this.#instance.id, reason, at, ...(named && { culprits: named }) };
    trace.say(name, `runtime dies by ${reason}`, `naming ${culprits}`);
    this.#instance = undefined;
    // A record can get lost with the machine that it was on; older hosts keep none.
    const isKept = this.#kind.speaks === "session" && !dice.chance("no record", 0.1);
    if (isKept) this.#exits.push(exit);
    this.#exits.splice(0, this.#exits.length - MAX_EXITS);
    for (const pipe of this.#pipes) pipe.host.close();
    this.#pipes.clear();
    clock.after(dice.mostlySmall("runtime restarts", 20, 15_000), () => this.start());
  }
}
