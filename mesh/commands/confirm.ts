import type { Screen } from "../screen.ts";

/**
 * Asks for a yes on the terminal.
 *
 * @param question without what may be answered
 * @param screen where it is asked
 * @param signal ends the asking; then the answer is no
 * @returns `nobody` where standard input is no terminal
 */
export async function confirm(
  question: string,
  screen: Pick<Screen, "err">,
  signal: AbortSignal,
): Promise<"yes" | "no" | "nobody"> {
  if (!Deno.stdin.isTerminal()) return "nobody";
  screen.err(`${question} [y/N]`);
  const { promise: ended, resolve } = Promise.withResolvers<"">();
  signal.addEventListener("abort", () => resolve(""), { once: true });
  const buffer = new Uint8Array(256);
  const answered = Deno.stdin.read(buffer)
    .then((count) => new TextDecoder().decode(buffer.subarray(0, count ?? 0)));
  const answer = signal.aborted ? "" : await Promise.race([answered, ended]);
  return /^y(es)?$/i.test(answer.trim()) ? "yes" : "no";
}
