import { printable } from "@asya/program";
import type { JsonObject } from "@asya/protocol";
import type { CommandContext } from "../command.ts";
import { GatewayError } from "../../client/gateway_error.ts";
import { textOf } from "../../client/job_event.ts";
import { EXIT } from "../../run/run_mesh.ts";
import { progressLine } from "../../show/progress_line.ts";

/** What is done with each of some dead letters. */
export interface Deed {
  /** What is done, and what then was: `replay` and `replayed`. */
  readonly verb: { readonly now: string; readonly past: string };
  readonly json: boolean;
  /** Whether the others are tried after one that failed. */
  readonly keepGoing: boolean;
  /** Does it with one; gives the job that came of it, where one did. */
  act(letter: JsonObject): Promise<string | undefined>;
}

/** After these, nothing else goes better: the gateway is away, or lets nobody in. */
const HOPELESS: readonly (number | undefined)[] = [undefined, 401, 403];

/**
 * Does the same with dead letters, one after the other, and says what was done and what was not.
 * Between two of them it can be ended; what was not done then is as it was.
 *
 * @param letters as the gateway shows them
 * @param deed what to do with each
 * @param context the terminal, and what ends it
 * @returns the exit code
 */
export async function doEach(
  letters: readonly JsonObject[],
  deed: Deed,
  { screen, signals }: Pick<CommandContext, "screen" | "signals">,
): Promise<number> {
  const { verb, json, keepGoing } = deed;
  let done = 0;
  let failed = 0;
  for (const [index, letter] of letters.entries()) {
    if (signals.first.aborted) break;
    const id = textOf(letter.id);
    if (screen.isLive && letters.length > 1) {
      const place = { at: index + 1, of: letters.length };
      const percent = index / letters.length * 100;
      const progress = { percent, message: id, step: verb.now, place };
      screen.live(progressLine(progress, { columns: screen.columns(), colour: screen.colourErr }));
    }
    try {
      const jobId = await deed.act(letter);
      done++;
      const job = jobId === undefined ? {} : { job_id: jobId };
      if (json) screen.out(JSON.stringify({ id, outcome: verb.past, ...job }));
      else screen.out(`${verb.past} ${id}${jobId === undefined ? "" : ` as ${jobId}`}`);
    } catch (error) {
      if (signals.second.aborted) {
        screen.err(`whether ${id} is ${verb.past} is not known; asya dlq show ${id} tells`);
        return EXIT.interrupted;
      }
      // Asked to stop before anything was done with this one.
      if (signals.first.aborted && !(error instanceof GatewayError)) break;
      if (!(error instanceof GatewayError)) throw error;
      failed++;
      // Nobody answered: it may have been done all the same, and is done no second time.
      const is = error.status === undefined ? "may not be" : "is not";
      if (json) screen.out(JSON.stringify({ id, outcome: "failed", error: error.message }));
      else screen.err(`${id} ${is} ${verb.past}: ${printable(error.message)}`);
      if (!keepGoing || HOPELESS.includes(error.status)) break;
    }
  }
  const left = letters.length - done - failed;
  if (letters.length > 1 || left > 0) {
    const parts = [
      `${done} of ${letters.length} ${verb.past}`,
      ...failed > 0 ? [`${failed} failed`] : [],
      ...left > 0 ? [`${left} not tried; they are as they were`] : [],
    ];
    screen.err(parts.join(", "));
  }
  if (signals.first.aborted && left > 0) return EXIT.interrupted;
  return failed > 0 ? EXIT.failed : EXIT.ok;
}
