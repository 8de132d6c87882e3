import type { Clock } from "@asya/transport";

/** When a process is to die: at which of its effects on the world, and on which side of it. */
export interface DeathOrder {
  /** Effects that it still has before. */
  readonly afterEffects: number;
  /** Whether the last effect still happens. */
  readonly isDone: boolean;
}

/**
 * The life of one process. Everything that it does to the world goes through here, and nothing that
 * it does after its end happens.
 *
 * A process changes nothing outside of itself between two effects, so a death right before or right
 * after some effect stands for a death at any point of its code.
 */
export class Life {
  readonly #onEnd: (isOrdered: boolean) => void;
  #timers = 0;
  #order: DeathOrder | undefined;
  #isOver = false;

  /** @param onEnd is told when it ends, and whether that was at an effect, by an order */
  constructor(onEnd: (isOrdered: boolean) => void) {
    this.#onEnd = onEnd;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Timers of this process that wait. */
  get timers(): number {
    return this.#timers;
  }

  /** Lets it die at one of its next effects, or never where there is no order. */
  orderDeath(order: DeathOrder | undefined): void {
    this.#order = order;
  }

  /** Ends it at once. */
  end(isOrdered = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd(isOrdered);
  }

  /**
   * Does something to the world, unless this process is dead or dies of it; then nobody ever hears
   * how it went.
   *
   * @param effect what to do
   */
  perform<T>(effect: () => Promise<T>): Promise<T> {
    if (this.#isOver) return never();
    const order = this.#order;
    if (order === undefined) return this.#whileAlive(effect());
    if (order.afterEffects > 0) {
      this.#order = { ...order, afterEffects: order.afterEffects - 1 };
      return this.#whileAlive(effect());
    }
    // What it begins may fail, of which the dead hear nothing.
    if (order.isDone) effect().catch(() => {});
    this.end(true);
    return never();
  }

  /**
   * Waits for something that changes nothing, as long as this process lives.
   *
   * @param what what to wait for
   */
  observe<T>(what: () => Promise<T>): Promise<T> {
    return this.#isOver ? never() : this.#whileAlive(what());
  }

  /** Time as this process sees it: its timers die with it. */
  clockOf(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      after: (delayMs, callback) => {
        this.#timers++;
        let isWaiting = true;
        const leave = () => {
          if (isWaiting) this.#timers--;
          isWaiting = false;
        };
        const cancel = clock.after(delayMs, () => {
          leave();
          if (!this.#isOver) callback();
        });
        return () => {
          leave();
          cancel();
        };
      },
    };
  }

  #whileAlive<T>(result: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      result.then(
        (value) => this.#isOver || resolve(value),
        (error) => this.#isOver || reject(error),
      );
    });
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
