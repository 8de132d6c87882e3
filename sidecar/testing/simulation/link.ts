import type { Clock } from "@asya/transport";
import type { Dice } from "./dice.ts";

/** One direction of a connection: what is written arrives in order, and later. */
class Lane {
  readonly #clock: Clock;
  #lastMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  push(delayMs: number, arrive: () => void): void {
    const now = this.#clock.elapsed();
    this.#lastMs = Math.max(this.#lastMs, now + delayMs);
    this.#clock.after(this.#lastMs - now, arrive);
  }
}

/**
 * One connection of a client to the broker. What is written by either side arrives in order, later,
 * and as long as the connection is open at the other end; the two ends need not agree on that.
 */
export class Link {
  readonly #up: Lane;
  readonly #down: Lane;
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #whenLost = new Set<() => void>();
  readonly #onBrokerEnd = new Set<() => void>();
  readonly #stalled: (() => void)[] = [];
  #isStalled = false;
  #isOpenAtBroker = true;
  #isOpenAtClient = true;

  /**
   * @param clock tells when things arrive
   * @param dice say how long they take
   */
  constructor(clock: Clock, dice: Dice) {
    this.#up = new Lane(clock);
    this.#down = new Lane(clock);
    this.#clock = clock;
    this.#dice = dice;
  }

  /** Whether the broker knows this connection. */
  get isOpenAtBroker(): boolean {
    return this.#isOpenAtBroker;
  }

  /** Whether the client believes in this connection. */
  get isOpenAtClient(): boolean {
    return this.#isOpenAtClient;
  }

  /** Writes something to the broker. */
  send(arrive: () => void): void {
    if (!this.#isOpenAtClient) return;
    this.#up.push(this.#latency(), () => {
      if (this.#isStalled) this.#stalled.push(arrive);
      else if (this.#isOpenAtBroker) arrive();
    });
  }

  /** Writes something to the client. */
  deliver(arrive: () => void): void {
    if (!this.#isOpenAtBroker) return;
    this.#down.push(this.#latency(), () => {
      if (this.#isOpenAtClient) arrive();
    });
  }

  /** Stops the broker from reading, or lets it read again. */
  stall(isStalled: boolean): void {
    this.#isStalled = isStalled;
    if (isStalled) return;
    for (const arrive of this.#stalled.splice(0)) if (this.#isOpenAtBroker) arrive();
  }

  /** Calls back once when the client notices that the connection is lost; returns how to call off. */
  whenLost(callback: () => void): () => void {
    this.#whenLost.add(callback);
    return () => this.#whenLost.delete(callback);
  }

  /** Calls back once when the connection has ended for the broker. */
  whenBrokerEnds(callback: () => void): void {
    this.#onBrokerEnd.add(callback);
  }

  /** Ends it for the broker; the client notices a while later. */
  cut(noticeMs: number): void {
    this.#endAtBroker();
    if (noticeMs === 0) this.#endAtClient();
    else this.#clock.after(noticeMs, () => this.#endAtClient());
  }

  /** Ends it for the client. What it wrote still arrives, unless its whole machine is gone. */
  leave(): void {
    const end = () => this.#endAtBroker();
    if (this.#dice.chance("machine gone", 0.15)) {
      this.#clock.after(this.#dice.whole("last bytes", 0, 4), end);
    } else this.#up.push(0, end);
    this.#endAtClient();
  }

  #endAtBroker(): void {
    if (!this.#isOpenAtBroker) return;
    this.#isOpenAtBroker = false;
    this.#stalled.length = 0;
    for (const callback of this.#onBrokerEnd) callback();
  }

  #endAtClient(): void {
    if (!this.#isOpenAtClient) return;
    this.#isOpenAtClient = false;
    const callbacks = [...this.#whenLost];
    this.#whenLost.clear();
    for (const callback of callbacks) callback();
  }

  #latency(): number {
    return this.#dice.mostlySmall("network", 0, 20);
  }
}
