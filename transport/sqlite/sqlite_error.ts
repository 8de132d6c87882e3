/**
 * What an error of SQLite means for whoever was at work.
 *
 * - `busy`: another process has the lock; the same work can be done in a moment.
 * - `refused`: this one piece of work cannot be done, others can.
 * - `broken`: nothing can be done with the file at this moment.
 */
export type ErrorKind = "busy" | "refused" | "broken";

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const kinds: Readonly<Record<number, ErrorKind>> = {
  5: "busy", // SQLITE_BUSY
  6: "busy", // SQLITE_LOCKED
  15: "busy", // SQLITE_PROTOCOL: lost a race for a lock too often
  18: "refused", // SQLITE_TOOBIG
  19: "refused", // SQLITE_CONSTRAINT
  20: "refused", // SQLITE_MISMATCH
};

/** What to tell a person about a primary result code, beyond SQLite's own words. */
const advice: Readonly<Record<number, string>> = {
  8: "the file or its folder is read-only for this process",
  10: "the disk failed, or the file was taken away",
  11: "the file is damaged; restore it, or move it away to start with empty queues",
  13: "the disk is full; free some space, and work goes on by itself",
  14: "the file, or one beside it, cannot be opened",
  26: "the file is not an SQLite database; give another path",
};

/**
 * Tells what an error means.
 *
 * @param error what a statement threw
 * @example
 * ```ts
 * import { kindOfError } from "./sqlite_error.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(kindOfError(Object.assign(new Error("database is locked"), { errcode: 261 })), "busy");
 * assert.equal(kindOfError(new Error("anything else")), "broken");
 * ```
 */
export function kindOfError(error: unknown): ErrorKind {
  return kinds[primaryCode(error)] ?? "broken";
}

/**
 * Says what is wrong in one sentence.
 *
 * @param error what a statement threw
 * @param path the file at hand
 * @example
 * ```ts
 * import { describeError } from "./sqlite_error.ts";
 * import assert from "node:assert/strict";
 *
 * const error = Object.assign(new Error("database or disk is full"), { errcode: 13 });
 * assert.equal(
 *   describeError(error, "/data/queues.db"),
 *   "/data/queues.db: database or disk is full " +
 *     "(the disk is full; free some space, and work goes on by itself)",
 * );
 * ```
 */
export function describeError(error: unknown, path: string): string {
  const words = error instanceof Error ? error.message : String(error);
  const hint = advice[primaryCode(error)];
  return hint === undefined ? `${path}: ${words}` : `${path}: ${words} (${hint})`;
}

/** The low byte of SQLite's code; the rest of it only says where the error came from. */
function primaryCode(error: unknown): number {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code & 0xff : 0;
}
