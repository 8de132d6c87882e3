import { TABLES } from "./scaling/tables.ts";

/**
 * Simulates how an actor scales, and prints the tables of docs/scaling.md as Markdown.
 *
 * @param say is told what is being simulated
 */
export function printScaling(say: (doing: string) => void): void {
  for (const [name, create] of Object.entries(TABLES)) {
    say(name);
    console.log(`${name}\n\n${create()}`);
  }
}
