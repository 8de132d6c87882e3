import type { BrowsedMessage } from "@asya/transport";
import { createHash } from "node:crypto";

/** Characters of an id: half of what SHA-256 gives. */
export const LETTER_ID_LENGTH = 32;

/**
 * Stands for a letter, in this and every later listing: its identity, or where it has none the time at
 * which it was put here, and its bytes. Two that are the same in both are one letter that came twice.
 *
 * @param message the letter as the queue has it
 */
export function letterIdOf(
  { messageId = "", timestamp, body }: Omit<BrowsedMessage, "headers">,
): string {
  const place = messageId === "" ? timestamp?.toISOString() ?? "" : messageId;
  const digest = createHash("sha256").update(place).update("\n").update(body).digest("hex");
  return digest.slice(0, LETTER_ID_LENGTH);
}
