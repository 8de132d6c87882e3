import { type Ledger, parseLedger } from "./ledger.ts";

/**
 * Reads the ledger of a handler's process.
 *
 * @param path of the file
 * @returns what it says, or `undefined` when there is none
 */
export function readLedger(path: string): Ledger | undefined {
  try {
    return parseLedger(Deno.readFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
