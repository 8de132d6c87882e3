import type { Answered } from "./answers.ts";
import type { Behaviour } from "./behaviour.ts";
import { SimProcess, type Surroundings } from "./process.ts";
import { SimRuntime } from "./runtime.ts";
import type { Seat } from "./scenario.ts";

/** A sidecar and its runtime, each started again when it ends. */
export class Pod {
  readonly runtime: SimRuntime;
  readonly #name: string;
  readonly #around: Surroundings;
  #process: SimProcess | undefined;
  #count = 0;
  #isClosing = false;

  /**
   * @param name of the pod
   * @param seat what its runtime is
   * @param around the world
   * @param behaviourAt how a host behaves at the next call about a letter
   */
  constructor(
    name: string,
    seat: Seat,
    around: Surroundings,
    behaviourAt: (token: string) => Behaviour,
  ) {
    const { clock, dice, trace, breach, rules: { policy, maxFrameBytes } } = around;
    this.#name = name;
    this.#around = around;
    this.runtime = new SimRuntime({
      ...{ clock, dice, trace, behaviourAt, maxFrameBytes },
      name: `${name}.host`,
      timeoutMs: policy.runtimeTimeoutMs,
      watch: {
        onBreach: (text) => breach(`${name}: ${text}`),
        onHelloRead: (exits) => this.#process?.oracle.calls.readExits(exits),
        onOversizedRead: () => this.#process?.oracle.calls.readOversized(),
        onAnswerRead: (call, token, answered: Answered) =>
          this.#process?.oracle.calls.readAnswer(call, token, answered),
      },
    }, seat.runtime);
    clock.after(seat.runtimeAfterMs, () => this.runtime.start());
    this.#start();
  }

  /** The process that there is at this moment, if any. */
  get process(): SimProcess | undefined {
    return this.#process;
  }

  /** Ends it in order, for good. */
  close(): void {
    this.#isClosing = true;
    this.#process?.orderDeath(undefined);
    this.#process?.signal();
  }

  #start(): void {
    const { clock, dice } = this.#around;
    const process = new SimProcess(
      `${this.#name}.${++this.#count}`,
      this.#around,
      this.runtime,
      () => {
        this.#process = undefined;
        if (this.#isClosing) return;
        clock.after(dice.mostlySmall("sidecar restarts", 50, 5_000), () => this.#start());
      },
    );
    this.#process = process;
    process.start();
  }
}
