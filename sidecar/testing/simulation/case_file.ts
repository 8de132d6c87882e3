import { type Message, parseMessage } from "@asya/protocol";
import type { Delivery, Outgoing } from "@asya/transport";
import type { DeathReason } from "../../decision.ts";
import type { Answered } from "./answers.ts";
import type { Stored } from "./broker.ts";

/** A message that a process was handed and has not settled. */
export interface Hold {
  readonly stored: Stored;
  readonly delivery: Delivery;
  /** The message, where the body is one. */
  readonly message: Message | undefined;
  /** When it was handed over: elapsed, and by the clock on the wall. */
  readonly atMs: number;
  readonly wallMs: number;
  /** Whether the connection that it came by is lost. */
  isLost: boolean;
}

/** A call that was written in full and not answered. */
export interface Call {
  readonly call: number;
  readonly token: string;
  readonly writtenMs: number;
  /** Whether it was a suspect, and must be alone. */
  readonly isSuspect: boolean;
}

/** An answer, and when it was read. */
export interface ReadAnswer extends Answered {
  readonly atMs: number;
}

/** What a host can do wrong without saying so. */
export type Mishap = "timeout" | "oversized";

/** Everything that one process did and learnt about one letter, as far as nothing came of it yet. */
export class CaseFile {
  readonly holds: Hold[] = [];
  /** Answers that it has read, and when, by elapsed milliseconds. */
  readonly answers: ReadAnswer[] = [];
  /** Deaths of the runtime that count against the letter. */
  readonly deaths: DeathReason[] = [];
  /** Messages that were confirmed. */
  readonly confirmed: Outgoing[] = [];
  /** Messages that were published and whose outcome is not known, or was no confirm. */
  readonly pending: Outgoing[] = [];
  /** What went wrong without a word of the handler: calls that took too long, frames too large. */
  readonly mishaps: Mishap[] = [];
  /** When each message was first published, by elapsed milliseconds. */
  readonly since = new Map<Outgoing, number>();
  /** Messages that had no queue, when they were last published. */
  readonly unroutable = new Set<Outgoing>();
  /** How often each of them had none. */
  readonly returns = new Map<Outgoing, number>();
  /** Whether its next call must be alone. */
  isSuspect = false;
  /**
   * Whether the process has held the letter several times at once: which of them a call or a
   * publish was for cannot be told from outside.
   */
  isCrowded = false;
  /** How many publishes were confirmed, and how many copies acknowledged, since it is crowded. */
  confirms = 0;
  acks = 0;

  /** @param token the letter */
  constructor(readonly token: string) {}

  /** Notes a message that is handed over. */
  hold(stored: Stored, delivery: Delivery, atMs: number, wallMs: number): void {
    const parsed = parseMessage(delivery.body);
    const message = parsed.ok ? parsed.message : undefined;
    this.isCrowded ||= this.holds.length > 0;
    this.holds.push({ stored, delivery, message, atMs, wallMs, isLost: false });
  }

  /** Begins anew, when nothing of what was crowded is left. */
  clear(): void {
    this.isCrowded = false;
    this.confirms = 0;
    this.acks = 0;
    this.isSuspect = false;
    for (const list of [this.answers, this.deaths, this.confirmed, this.mishaps]) list.length = 0;
    this.unroutable.clear();
  }

  /** Takes the first thing of a list for which something holds. */
  static take<T>(list: T[], test: (item: T) => boolean): T | undefined {
    const index = list.findIndex(test);
    return index < 0 ? undefined : list.splice(index, 1)[0];
  }
}
