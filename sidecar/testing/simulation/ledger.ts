import type { BrokerWatch, Stored } from "./broker.ts";
import { tokenOf } from "./letter.ts";

/** What became of one letter in the whole world. */
export interface Account {
  /** Copies that its producer, or a handler by a send, made. */
  copies: number;
  /** Reasons for which work on it may be done once more: a hold that was lost, an unknown confirm. */
  excuses: number;
  /** How often a sidecar settled it for good. */
  endings: number;
  /** How often it was settled for a reason that could not be told from others. */
  unclear: number;
}

/** The books of a world, by letter. */
export class Ledger implements BrokerWatch {
  readonly #accounts = new Map<string, Account>();

  /** The account of a letter. */
  of(token: string): Account {
    const known = this.#accounts.get(token);
    if (known) return known;
    const account = { copies: 0, excuses: 0, endings: 0, unclear: 0 };
    this.#accounts.set(token, account);
    return account;
  }

  onReturned(_queue: string, stored: Stored): void {
    const token = tokenOf(stored.outgoing.body);
    if (token !== undefined) this.of(token).excuses++;
  }
}
