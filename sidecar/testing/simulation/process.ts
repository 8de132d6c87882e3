import { HostSocket } from "../../host_socket.ts";
import type { ByteStream, HostDoor } from "../../host.ts";
import { createSidecar, type Sidecar } from "../../sidecar.ts";
import type { SimBroker } from "./broker.ts";
import { SimClient } from "./broker_client.ts";
import type { Dice } from "./dice.ts";
import type { SimGateway } from "./gateway.ts";
import type { Ledger } from "./ledger.ts";
import { type DeathOrder, Life } from "./life.ts";
import type { Pipe } from "./pipe.ts";
import { ProcessOracle } from "./process_oracle.ts";
import type { Rules } from "./rules.ts";
import type { SimRuntime } from "./runtime.ts";
import type { Trace } from "./trace.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** The world around a process. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly dice: Dice;
  readonly trace: Trace;
  readonly ledger: Ledger;
  readonly rules: Rules;
  readonly broker: SimBroker;
  readonly gateway: SimGateway | undefined;
  readonly isPoison: (token: string) => boolean;
  readonly breach: (text: string) => void;
}

/** What a process may take longer than its grace to end. */
const END_SLACK_MS = 100;

/** One process of a sidecar, from its start to its end. */
export class SimProcess {
  readonly oracle: ProcessOracle;
  readonly #around: Surroundings;
  readonly #name: string;
  readonly #life: Life;
  readonly #client: SimClient;
  readonly #sidecar: Sidecar;
  readonly #pipes = new Set<Pipe>();
  #isEnding = false;

  /**
   * @param name of the process
   * @param around the world
   * @param runtime the runtime beside it
   * @param onEnd is told when it has ended, however it did
   */
  constructor(name: string, around: Surroundings, runtime: SimRuntime, onEnd: () => void) {
    const { clock, dice, trace, ledger, rules, broker, gateway, breach, isPoison } = around;
    this.#name = name;
    this.#around = around;
    const life = new Life((isOrdered) => {
      trace.say(name, isOrdered ? "the process dies at an effect" : "the process has ended");
      this.#client.kill();
      for (const pipe of this.#pipes) pipe.close();
      onEnd();
    });
    this.#life = life;
    this.oracle = new ProcessOracle({
      ...{ name, rules, clock, ledger, trace, breach },
      onCall: (token) => {
        if (!isPoison(token)) return;
        trace.say(name, "is poisoned", token);
        clock.after(dice.whole("poison", 0, 3), () => life.end());
      },
    });
    const emit: ProcessOracle["noteEvent"] = (event) => {
      if (!life.isOver) this.oracle.noteEvent(event);
    };
    const own = life.clockOf(clock);
    this.#client = new SimClient({
      ...{ broker, clock, dice, life },
      watch: this.oracle,
      onEvent: (event) => emit({ kind: "transport", event }),
    });
    const { policy: { runtimeTimeoutMs }, maxFrameBytes } = rules;
    this.#sidecar = createSidecar({
      policy: rules.policy,
      options: rules.options,
      transport: this.#client,
      place: new HostSocket(this.#doorTo(runtime), { runtimeTimeoutMs, maxFrameBytes }, own, false),
      post: gateway && ((reports) =>
        life.perform(async () => {
          this.oracle.checkReports(reports);
          const result = await gateway.post(reports);
          if (result.kind === "accepted") this.oracle.noteInactive(result.inactive);
          return result;
        })),
      emit,
      clock: own,
      random: () => dice.roll("the sidecar"),
    });
  }

  /** Timers that it has set. */
  get timers(): number {
    return this.#life.timers;
  }

  /** Starts to work. */
  start(): void {
    this.#around.trace.say(this.#name, "the process starts");
    this.#sidecar.start();
  }

  /** Lets it die at one of its next effects. */
  orderDeath(order: DeathOrder | undefined): void {
    this.#life.orderDeath(order);
  }

  /** Loses its connection to the broker. */
  cut(noticeMs: number): void {
    this.#client.cut(noticeMs);
  }

  /** Asks it to end, which it does within its grace. */
  async signal(): Promise<void> {
    const { clock, rules, breach, trace } = this.#around;
    if (this.#isEnding) return this.#life.end();
    this.#isEnding = true;
    const beganMs = clock.elapsed();
    trace.say(this.#name, "gets a signal");
    const { shutdownGraceMs } = rules.options;
    const cancelLimit = clock.after(shutdownGraceMs + END_SLACK_MS, () => {
      if (!this.#life.isOver) breach(`${this.#name} does not end within its grace`);
    });
    await this.#sidecar.drain();
    cancelLimit();
    trace.say(this.#name, "is drained", `in ${clock.elapsed() - beganMs} ms`);
    await this.#client.close();
    this.oracle.checkEnd(this.#life.timers);
    this.#life.end();
  }

  /** The way to the runtime's socket. */
  #doorTo(runtime: SimRuntime): HostDoor {
    const life = this.#life;
    return {
      identify: () => life.observe(() => Promise.resolve(runtime.listener)),
      connect: () =>
        life.perform(() => {
          const { id = "", speaks = "session" } = runtime.identity ?? {};
          try {
            const pipe = runtime.connect(this.oracle.calls.follow(id, speaks));
            this.#pipes.add(pipe);
            return Promise.resolve(this.#mine(pipe));
          } catch (error) {
            return Promise.reject(error);
          }
        }),
    };
  }

  /** A connection that ends with this process. */
  #mine(pipe: Pipe): ByteStream {
    const life = this.#life;
    return {
      read: (buffer) => life.observe(() => pipe.read(buffer)),
      write: (bytes) => life.perform(() => pipe.write(bytes)),
      close: () => {
        if (!life.isOver) pipe.close();
        this.#pipes.delete(pipe);
      },
    };
  }
}
