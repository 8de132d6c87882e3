import { hidePassword } from "@asya/program";
import type { Screen } from "../screen.ts";

/**
 * Says of a job that nobody waits for any longer how to come back to it.
 *
 * @param id the job
 * @param screen the terminal
 * @param url the gateway, where the command line named it
 */
export function showLeaving(id: string, screen: Pick<Screen, "err">, url?: string): void {
  const where = url === undefined ? "" : ` --url ${hidePassword(url)}`;
  screen.err(`job ${id} goes on`);
  screen.err(`  follow it: asya jobs watch ${id}${where}`);
  screen.err(`  cancel it: asya jobs cancel ${id}${where}`);
}
