import { createHash } from "node:crypto";

/** How many messages are remembered at most; older ones are forgotten first. */
const MAX_REMEMBERED = 10_000;

/** What a message is known by. */
export interface HeldMessage {
  readonly queue: string;
  readonly messageId?: string | undefined;
  readonly body: Uint8Array;
}

/**
 * The messages that this process held when its connection broke, and those that it gave back without
 * having looked at them. The broker marks them redelivered, as it does those of a process that died;
 * of these we know that nobody died.
 */
export class OwnHolds {
  readonly #keys = new Set<string>();

  /** Remembers a message. */
  remember(message: HeldMessage): void {
    this.#keys.add(keyOf(message));
    const [oldest] = this.#keys;
    if (this.#keys.size > MAX_REMEMBERED && oldest !== undefined) this.#keys.delete(oldest);
  }

  /** Whether a message that was delivered again was one of them; it is no more. */
  take(message: HeldMessage): boolean {
    return this.#keys.size > 0 && this.#keys.delete(keyOf(message));
  }
}

function keyOf({ queue, messageId, body }: HeldMessage): string {
  return `${queue}\n${messageId ?? createHash("sha256").update(body).digest("hex")}`;
}
