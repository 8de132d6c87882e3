import { createHash } from "node:crypto";
import type { Clock } from "@asya/transport";

/** What happened in a world, line by line, and how often each kind of thing did. */
export class Trace {
  readonly lines: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #clock: Clock;

  /** @param clock tells when */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How often each kind of thing happened. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /**
   * Says that something happened.
   *
   * @param who the part of the world that did it
   * @param kind what it is, one of few
   * @param what the particulars
   */
  say(who: string, kind: string, what = ""): void {
    const seconds = (this.#clock.elapsed() / 1000).toFixed(3).padStart(9);
    this.lines.push(`${seconds} ${who.padEnd(9)} ${what ? `${kind}: ${what}` : kind}`);
    this.count(kind);
  }

  /** Counts something that is not worth a line. */
  count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** A short text that two worlds have in common only where the same happened in both. */
  hash(): string {
    return createHash("sha256").update(this.lines.join("\n")).digest("hex").slice(0, 16);
  }
}
