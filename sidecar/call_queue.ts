import { Roster } from "@asya/transport";

/**
 * The calls that wait for a runtime, in their order, and the rule who runs beside whom: suspects of
 * a runtime's death come first, one by one, with no other call beside them.
 */
export class CallQueue<T> {
  #waiting: T[] = [];
  #suspects: T[] = [];
  readonly #running = new Roster<T>();
  #suspectRuns = false;

  /** Calls that run at present. */
  get running(): Pick<Roster<T>, "size" | "has"> & Iterable<T> {
    return this.#running;
  }

  /** Adds a call behind all others. */
  add(call: T): void {
    this.#waiting.push(call);
  }

  /** Adds calls before all others that are no suspects: they have waited already. */
  addFirst(calls: readonly T[]): void {
    this.#waiting.unshift(...calls);
  }

  /** Adds calls each of which must run alone. */
  addSuspects(calls: readonly T[]): void {
    this.#suspects.push(...calls);
  }

  /**
   * Takes the call that may begin at this moment; it counts as running until it is finished.
   *
   * @param capacity how many calls may run side by side
   * @returns `undefined` when none may
   */
  next(capacity: number): T | undefined {
    if (this.#running.size >= (this.#mustBeAlone() ? 1 : capacity)) return undefined;
    this.#suspectRuns = this.#suspects.length > 0;
    const call = this.#suspectRuns ? this.#suspects.shift() : this.#waiting.shift();
    if (call !== undefined) this.#running.add(call);
    return call;
  }

  /** Ends the running of a call. */
  finish(call: T): void {
    this.#running.delete(call);
    if (this.#running.size === 0) this.#suspectRuns = false;
  }

  /** Forgets a call that does not run; says whether it was there. */
  remove(call: T): boolean {
    const before = this.#waiting.length + this.#suspects.length;
    this.#waiting = this.#waiting.filter((other) => other !== call);
    this.#suspects = this.#suspects.filter((other) => other !== call);
    return this.#waiting.length + this.#suspects.length < before;
  }

  /** Takes every call that waits and is no suspect. */
  takeWaiting(): T[] {
    return this.#waiting.splice(0);
  }

  /** Takes every suspect that waits. */
  takeSuspects(): T[] {
    return this.#suspects.splice(0);
  }

  #mustBeAlone(): boolean {
    return this.#suspectRuns || this.#suspects.length > 0;
  }
}
